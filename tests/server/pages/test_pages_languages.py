"""Which language a reader gets, and that every text of it can be read."""

import pytest

from pywats_server.pages.languages import LOCALES, NAMES, WRITTEN_IN, preferred, translations
from pywats_server.rules.sentences import Language

EN, NB, DE, ZH = Language.ENGLISH, Language.NORWEGIAN, Language.GERMAN, Language.CHINESE


@pytest.mark.parametrize(
    ("accept_language", "chosen", "expected"),
    [
        pytest.param(None, None, EN, id="nothing told"),
        pytest.param("", "", EN, id="nothing in it"),
        pytest.param("de", None, DE, id="one"),
        pytest.param("nn-NO,no;q=0.9,en;q=0.5", None, NB, id="a relative of it"),
        pytest.param("en;q=0.5, de;q=0.7, zh-CN;q=0.6", None, DE, id="the dearest, not the first"),
        pytest.param("zh-CN,de", None, ZH, id="the first of two as dear"),
        pytest.param("fr-FR,fr;q=0.9,de;q=0.4,en;q=0.3", None, DE, id="the dearest that there is"),
        pytest.param("fr,sv", None, EN, id="none that there is"),
        pytest.param("de;q=0,zh;q=0.1", None, ZH, id="one that is unwanted"),
        pytest.param("fr, *", None, EN, id="any other"),
        pytest.param("DE_at ; q = 0.8", None, DE, id="written unusually"),
        pytest.param("de;q=nonsense,,;;,nb;q=0.1", None, NB, id="parts that cannot be read"),
        pytest.param("x" * 10_000, None, EN, id="a long one"),
        pytest.param("de", "nb-NO", NB, id="a choice wins"),
        pytest.param("de", "en", EN, id="English is a choice, too"),
        pytest.param("de", "tlh", DE, id="a choice that there is not"),
    ],
)
def test_preferred_language(accept_language: str | None, chosen: str | None, expected: Language) -> None:
    assert preferred(accept_language, chosen) is expected


def test_every_language_has_a_locale_and_a_name() -> None:
    assert set(LOCALES) == set(NAMES) == set(Language)


@pytest.mark.parametrize("language", Language)
def test_texts_of_every_language_can_be_read(language: Language) -> None:
    assert translations(language).gettext("no text of ours") == "no text of ours"


def test_text_of_the_code_is_shown_as_it_is_written() -> None:
    assert translations(WRITTEN_IN).ngettext("one asset", "%(count)d assets", 1) == "one asset"
