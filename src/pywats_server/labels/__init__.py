"""Labels for assets: from plain data to what a printer takes. No database, no page, no clock."""
