"""The development database: where a throw-away server comes from, its databases, and what is tried on them."""
