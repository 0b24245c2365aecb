"""The web pages: what people see who open the server's address in a browser."""
