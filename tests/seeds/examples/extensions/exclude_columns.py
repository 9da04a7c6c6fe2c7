PostgRESTView(
    source=products,
    exclude_columns=["internal_notes"],
)
