"""The languages of the pages: which one a reader wants, and every text in it."""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale

from pywats_server.rules.sentences import Language
from pywats_server.rules.wording import known_language

LOCALES = {
    # Of all English ones, the one whose dates nobody can misread.
    Language.ENGLISH: Locale("en", "GB"),
    Language.NORWEGIAN: Locale("nb"),
    Language.GERMAN: Locale("de"),
    Language.CHINESE: Locale("zh", script="Hans"),
}
"""How each language writes dates and numbers, and counts."""

NAMES = {
    Language.ENGLISH: "English",
    Language.NORWEGIAN: "Norsk bokmål",
    Language.GERMAN: "Deutsch",
    Language.CHINESE: "简体中文",
}
"""What those who speak a language call it."""

WRITTEN_IN = Language.ENGLISH
"""The language that texts have in the code, so that it needs no catalog."""

_WANTED = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.ASCII)


def preferred(accept_language: str | None, chosen: str | None) -> Language:
    """
    Return the language to show a page in: the *chosen* one, or else the one that a browser would like best.

    Args:
        accept_language: The header of this name, as it came, if any.
        chosen: Code of what the reader chose before. One that is not known counts for nothing.
    """
    codes = [chosen or "", *_by_preference(accept_language or "")]
    known = (known_language(code) for code in codes)
    return next((language for language in known if language is not None), WRITTEN_IN)


def _by_preference(accept_language: str) -> list[str]:
    """Return the codes of a header, the dearest first; those that are unwanted or cannot be read are left out."""
    wanted = [match.groups("1") for part in accept_language.split(",") if (match := _WANTED.fullmatch(part))]
    ranked = sorted(wanted, key=lambda pair: -float(pair[1]))
    return [code for code, quality in ranked if float(quality) > 0]


@cache
def translations(language: Language) -> NullTranslations:
    """Return the texts of a *language*. One that has no translation yet is shown as it is written."""
    if language is WRITTEN_IN:
        return NullTranslations()
    # Reading catalogs needs more of Babel than writing dates does; a start should not wait for it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalog_of(language).open("rb") as text:
        catalog = read_po(text, locale=LOCALES[language])
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalog_of(language: Language) -> Traversable:
    """Return the file with the translations into a *language*, as the tools of translators read it."""
    return resources.files("pywats_server.pages") / "locale" / f"{LOCALES[language]}.po"
