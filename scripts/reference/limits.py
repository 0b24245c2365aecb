"""The page about the server's limits, from the constants that set them."""

from pywats_server.api.arguments import DEFAULT_TOP, MAX_TOP
from pywats_server.odata import ordering, parser
from pywats_server.rules import counts, passwords, texts, types
from pywats_server.services import batches, files, readiness, tags, tokens, users
from pywats_server.settings import Settings
from pywats_server.store import group
from reference.markdown import table

_OPENING = """\
# Limits

What goes beyond a limit is refused as a whole, with an error that names the limit. Only a list without `$top` ends
quietly, after its first 1000 things. Limits with a [setting](settings.md) can be changed.
"""


def page() -> str:
    """Return the page."""
    rows = ((what, f"{most:_}".replace("_", " ").removesuffix(".0"), unit) for what, most, unit in _limits())
    return "\n".join((_OPENING, table(("what", "at most", "in"), rows)))


def _limits() -> tuple[tuple[str, float, str], ...]:
    settings = Settings.model_fields
    return (
        ("Serial number", texts.MAX_SERIAL_NUMBER, "characters, at least 1"),
        ("Names, part number, revision, location, icon, tag key", texts.MAX_NAME, "characters, on one line"),
        ("Description, comment, message", texts.MAX_TEXT, "characters, line breaks allowed"),
        ("Value of a tag", tags._MAX_VALUE, "characters, on one line"),
        ("Tags of an asset", tags.MAX_TAGS, "tags"),
        ("Name of a file", files._MAX_NAME, "characters, on one line"),
        ("Name of a token", tokens._MAX_NAME, "characters, without a colon"),
        ("Name of a user", users.MAX_NAME, "characters, without a colon"),
        ("Password", passwords.LONGEST, f"characters, at least {passwords.SHORTEST}"),
        ("Counts and count limits", counts.MAX_COUNT, "uses"),
        ("Rows of `POST /api/Asset/Counts`", batches.MAX_ROWS, "rows"),
        ("Assets of `POST /api/internal/Asset/Readiness`", readiness.MAX_ASSETS, "assets"),
        ("Calibration and maintenance interval", types.MAX_INTERVAL_DAYS, "days"),
        ("Body of a request, files included", settings["max_body_bytes"].default, "bytes: `--max-body-bytes`"),
        ("Things in a list, unless `$top` says otherwise", DEFAULT_TOP, "things"),
        ("`$top`", MAX_TOP, "things"),
        ("Work for one list", settings["query_seconds"].default, "seconds of computing: `--query-seconds`"),
        ("`$filter`", parser.LENGTH_LIMIT, "characters"),
        ("Conditions in a `$filter`", parser.CONDITION_LIMIT, "conditions"),
        ("Values in the list of one `in`", parser.CHOICE_LIMIT, "values"),
        ("Parentheses, functions and `not` within each other", parser.NESTING_LIMIT, "levels"),
        ("Properties in `$orderby`", ordering.ITEM_LIMIT, "properties"),
        ("Changes that wait to be written, per process", group.WAITING_WRITES, "changes; then 503"),
    )
