"""OData query options: text -> tree -> SQL conditions with bound values, over an allow-list of properties."""
