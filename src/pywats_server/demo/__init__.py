"""A believable factory: what `pywats-server demo` puts into a fresh database."""
