"""A package, so that what one browser serves ends with its last test, before tests with event loops of their own."""
