CREATE VIEW api.products AS
SELECT p.id, p.name, p.sku, p.price
FROM inventory.products AS p
