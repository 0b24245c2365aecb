"""Every message of the pages, and every sentence by which the server refuses something."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from pywats_server.pages.rendering import templates
from pywats_server.services.session import Permission, Role

_TEMPLATES = "pages/templates/**.html"
_SENTENCES = {"Sentence": None}
# Of a visit: the first takes a message, the second one for each number.
_MESSAGES = {**DEFAULT_KEYWORDS, **_SENTENCES, "text": None, "texts": (1, 2)}
_LOOKED_THROUGH = (
    ([(_TEMPLATES, "jinja2.ext:babel_extract"), ("pages/**.py", "python")], _MESSAGES),
    ([("**.py", "python")], _SENTENCES),
)


def found_in(package: Path) -> Catalog:
    """Return all messages of the *package* of the server, with the files that have them."""
    catalog = Catalog(fuzzy=False)
    for methods, keywords in _LOOKED_THROUGH:
        for file, line, message, _, _ in extract_from_dir(package, methods, {_TEMPLATES: _as_rendered()}, keywords):
            catalog.add(message, locations=[(file, line)])
    return catalog


def add_named(catalog: Catalog) -> None:
    """Add the names of what errors speak of, which stand where it is declared."""
    for named in (*Role, *Permission):
        catalog.add(named.value, locations=[("services/session.py", 1)])


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
