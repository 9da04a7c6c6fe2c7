# config setup as above

PostgRESTView(
    source=products, schema="reporting",
)
