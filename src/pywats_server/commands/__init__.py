"""The command line: thin, on the same services as the API."""
