"""The rows of the table, by subject. Each function measures on a `Bench` and returns its rows."""
