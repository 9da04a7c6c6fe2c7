# config setup as above

PostgRESTView(
    source=products,
    grants=[
        "select", "insert", "update", "delete",
    ],
)
