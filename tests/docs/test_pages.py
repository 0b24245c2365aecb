"""What holds for every page, and for every file that is committed."""

import re
import subprocess
from pathlib import Path

import pytest

from docs.blocks import PAGES, ROOT, page_id

_CODE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Spelt so that this file does not find itself.
_FOREIGN = {
    "a path of the machine it was written on": re.compile(r"(?<![\w.])/[w]ork/"),
    "the address of a package registry": re.compile(
        r"://[\w.-]*([p]ypi|[p]ythonhosted|[n]pmjs|[a]rtifactory)|://\S+/(?:[s]imple|[p]ackages)/|-[i]ndex-url"
    ),
}


def prose(page: Path) -> str:
    return _CODE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The names by which the headings of a page can be linked to."""
    headings = _HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8")
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_documentation_pages_can_be_reached(page: Path) -> None:
    """A page that no other links to is found by nobody."""
    links = {
        (other.parent / link.partition("#")[0]).resolve()
        for other in PAGES
        if other != page
        for link in _LINK.findall(prose(other))
        if "://" not in link
    }
    assert page.resolve() in links or page.name == "README.md"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_lines_of_prose_fit_the_width(page: Path) -> None:
    """Tables and generated pages may be wider."""
    lines = prose(page).splitlines() if page.parent.name != "reference" else []
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []


@pytest.mark.parametrize("what", _FOREIGN)
def test_committed_files_do_not_name(what: str) -> None:
    found = []
    for path in committed_files():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in _FOREIGN[what].finditer(text)]
    assert found == []
