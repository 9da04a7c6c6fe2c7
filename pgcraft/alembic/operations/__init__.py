"""The operations of a revision: their order, their hazards, what stands around them."""
