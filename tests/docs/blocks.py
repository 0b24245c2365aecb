"""The code blocks of pages, with the lines at which they stand."""

import re
import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
"""Everything that people read, in Markdown."""

_FENCED = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(r"^\.\. code-block:: (?P<language>\w+)\n(?P<code>(?:[ \t]+\S.*\n|[ \t]*\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A code block: the page's path, the line before the code's first, its language, and the code."""

    page: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{Path(self.page).name}:{self.line}"

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


def blocks_of(page: Path, language: str) -> list[Block]:
    """The blocks of *language* on a page of Markdown (fenced) or reStructuredText (`code-block`), in their order."""
    text = page.read_text("utf-8")
    pattern = _DIRECTIVE if page.suffix == ".rst" else _FENCED
    return [
        Block(str(page), text.count("\n", 0, match.start("code")), language, textwrap.dedent(match["code"]))
        for match in pattern.finditer(text)
        if match["language"] == language
    ]


def page_id(page: Path) -> str:
    """The name of a page of this project in the output of tests."""
    return page.relative_to(ROOT).as_posix()
