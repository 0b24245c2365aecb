"""Keeps the catalogs of the pages' languages: src/pywats_server/pages/locale."""
