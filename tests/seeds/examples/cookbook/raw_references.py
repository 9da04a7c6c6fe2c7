PGCraftFK(
    raw_references={
        "{org_id}": "public.organizations.id"
    },
    name="fk_orders_org",
)
