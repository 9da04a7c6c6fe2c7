# List all products
curl -s http://localhost:3000/products \
  | python3 -m json.tool

# Filter
curl -s \
  "http://localhost:3000/products?name=eq.Widget"

# Insert (requires insert grant)
curl -s http://localhost:3000/products \
  -H "Content-Type: application/json" \
  -d '{"name": "Widget", "sku": "W-001", "price": 9.99}'
