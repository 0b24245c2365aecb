"""Databases to measure on: factories of any size, the same each time, as the server itself would have built them."""
