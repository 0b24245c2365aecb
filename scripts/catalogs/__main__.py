"""Writes the catalogs, or with --check tells what is missing or wrong in them."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from catalogs.bare import bare_texts
from catalogs.extracting import add_named, found_in
from catalogs.faults import faults_of
from pywats_server.pages.languages import LOCALES, WRITTEN_IN
from pywats_server.pages.rendering import templates

SERVER = Path(__file__).parents[2] / "src" / "pywats_server"
# What other tools of translators need to know. No dates: they would differ each time.
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""


def main(arguments: list[str]) -> int:
    """Return the exit code: 1 when catalogs were only looked at and have faults."""
    messages = found_in(SERVER)
    add_named(messages)
    catalogs = [_Kept(str(locale), messages) for language, locale in LOCALES.items() if language is not WRITTEN_IN]
    if arguments != ["--check"]:
        print("\n".join(catalog.write() for catalog in catalogs))
        return 0
    faults = [*_bare(), *(fault for catalog in catalogs for fault in catalog.faults())]
    print("\n".join(faults) or f"{len(messages)} messages are there in {len(catalogs)} more languages.")
    return int(bool(faults))


def _bare() -> Iterator[str]:
    folder = SERVER / "pages" / "templates"
    for path in sorted(folder.rglob("*.html")):
        for text in bare_texts(templates(), path.read_text("utf-8")):
            yield f"{path.relative_to(folder)}: {text!r} is no message"


class _Kept:
    """A catalog as it is in its file, and as it should be for the *messages* of the code."""

    def __init__(self, locale: str, messages: Catalog) -> None:
        self.path = SERVER / "pages" / "locale" / f"{locale}.po"
        self.present = self.path.read_text("utf-8") if self.path.exists() else ""
        self.catalog = read_po(BytesIO(self.present.encode()), locale=locale)
        self.catalog.update(messages, no_fuzzy_matching=True, update_creation_date=False)
        self.text = HEADER.format(locale=locale, plurals=self.catalog.plural_forms) + _body(self.catalog)

    def write(self) -> str:
        """Store it; tell how much there is to translate."""
        self.path.write_text(self.text, "utf-8")
        missing = sum(any(self._faults(message)) for message in self._messages())
        return f"{self.path.name}: {missing} of {len(self.catalog)} messages have to be looked at"

    def faults(self) -> Iterator[str]:
        """Tell what is missing or wrong."""
        if self.present != self.text:
            yield f"{self.path.name} is out of date: run scripts/messages"
        for message in self._messages():
            yield from (f"{self.path.name}: {message.id!r}: {fault}" for fault in self._faults(message))

    def _messages(self) -> list[Message]:
        return [message for message in self.catalog if message.id]

    def _faults(self, message: Message) -> Iterator[str]:
        return faults_of(message, self.catalog.num_plurals)


def _body(catalog: Catalog) -> str:
    written = BytesIO()
    write_po(
        written, catalog, width=120, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False
    )
    return written.getvalue().decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
