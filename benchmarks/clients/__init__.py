"""Our client beside the published one: the same calls in the same turns, each client in an environment of its own."""
