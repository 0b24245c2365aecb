"""Writes the pages, or with --check tells which of them are out of date."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reference import client, commands, errors, limits, rest, roles, settings

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
NOTE = "<!-- Written by scripts/docs from the code: change the texts there, then run it. -->\n"
PAGES: Mapping[str, Callable[[], str]] = {
    "client.md": client.page,
    "commands.md": commands.page,
    "errors.md": errors.page,
    "limits.md": limits.page,
    "rest.md": rest.page,
    "roles.md": roles.page,
    "settings.md": settings.page,
}


def main(arguments: list[str]) -> int:
    """Return the exit code: 1 when a page was only looked at and is not what the code says."""
    is_check = arguments == ["--check"]
    outdated = [name for name, page in PAGES.items() if _is_outdated(name, NOTE + "\n" + page(), is_check)]
    for name in outdated:
        print(f"docs/reference/{name} {'is out of date: run scripts/docs' if is_check else 'was written'}")
    return int(is_check and bool(outdated))


def _is_outdated(name: str, text: str, is_check: bool) -> bool:
    path = FOLDER / name
    present = path.read_text("utf-8") if path.exists() else ""
    if present != text and not is_check:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return present != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
