"""Every message in the templates and modules of the pages."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from pywats_server.pages.rendering import templates

METHODS = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
# Of a visit: the first takes a message, the second one for each number.
KEYWORDS = {**DEFAULT_KEYWORDS, "text": None, "texts": (1, 2)}


def found_in(folder: Path) -> Catalog:
    """Return all messages below a *folder*, with the files that have them."""
    catalog = Catalog(fuzzy=False)
    for file, line, message, _, _ in extract_from_dir(folder, METHODS, {METHODS[0][0]: _as_rendered()}, KEYWORDS):
        catalog.add(message, locations=[(file, line)])
    return catalog


def _as_rendered() -> dict[str, Any]:
    """Return how templates are read, so that the messages found are those that are looked up."""
    environment = templates()
    return {
        "extensions": ",".join(environment.extensions),
        "trim_blocks": str(environment.trim_blocks),
        "lstrip_blocks": str(environment.lstrip_blocks),
        "trimmed": str(environment.policies["ext.i18n.trimmed"]),
        "newstyle_gettext": "true",
        # A template that cannot be read is an error, not one without messages.
        "silent": "false",
    }
