"""One public coroutine a use case. No HTTP words, so the API and the command line share them."""
