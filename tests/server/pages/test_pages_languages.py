"""Which language a reader gets, and that every text of it can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pywats_server.errors import Conflict, InvalidInput, Sentence
from pywats_server.pages.languages import LOCALES, NAMES, WRITTEN_IN, preferred, translations
from pywats_server.pages.reader import Reader, current
from pywats_server.pages.rendering import templates
from pywats_server.rules.sentences import Language
from pywats_server.services.session import Role
from server.pages.conftest import Page, Site

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


def page_in(site: Site, language: str, address: str, role: Role = Role.ADMINISTRATOR) -> Page:
    browser = site.sign_in(role)
    browser.client.headers["Accept-Language"] = language
    return browser.get(address)


@pytest.mark.parametrize(
    ("language", "heading", "day"),
    [
        ("en", "Users", "1 Mar 2026"),
        ("nb-NO", "Brukere", "1. mars 2026"),
        ("de", "Benutzer", "01.03.2026"),
        ("zh-CN", "用户", "2026年3月1日"),
    ],
)
def test_page_is_in_the_language_that_the_browser_asks_for(site: Site, language: str, heading: str, day: str) -> None:
    site.clock.set(datetime(2026, 3, 1, 12, tzinfo=UTC))
    page = page_in(site, language, "/users")
    assert page.one("html")["lang"] == language
    assert page.one("h1").get_text() == heading
    assert page.one("tbody time").get_text() == day


@pytest.mark.parametrize("language", Language)
def test_every_page_that_the_bar_offers_can_be_shown(site: Site, language: Language) -> None:
    browser = site.sign_in()
    browser.client.headers["Accept-Language"] = language.value
    offered = [str(link["href"]) for link in browser.get("/me").all("header a")]
    assert len(offered) > 8
    shown = {address: browser.get(address) for address in (*offered, "/assets/new", "/types/new")}
    assert {address: page.status for address, page in shown.items()} == dict.fromkeys(shown, 200)
    assert {str(page.one("html")["lang"]) for page in shown.values()} == {language.value}


def test_what_a_rule_refuses_is_said_in_the_language_of_the_page(site: Site) -> None:
    browser = site.sign_in()
    browser.client.headers["Accept-Language"] = "de"
    page = browser.send(browser.get("/users"), 'form[action="/users"]', {"name": "ADMINISTRATOR"})
    fault = page.one("#name-fault")
    assert fault.get_text().startswith("Es gibt oder gab einen Benutzer mit dem Namen 'administrator'.")
    assert not fault.select("[lang]")


def test_what_a_role_may_not_do_is_said_in_the_language_of_the_page(site: Site) -> None:
    page = page_in(site, "nb", "/users", Role.VIEWER)
    assert page.one("h1").get_text() == "Rollen din tillater ikke dette"
    assert "har rollen leser, som ikke kan forvalte brukere. Det krever rollen administrator." in page.text


@contextmanager
def reading(site: Site, language: Language) -> Iterator[None]:
    """Let there be a reader of this language."""
    before = current.set(Reader(language, ZoneInfo("UTC"), "system", site.clock()))
    yield
    current.reset(before)


def test_what_has_no_translation_is_marked_as_english(site: Site) -> None:
    refused = Conflict("This is said to programs alone."), InvalidInput(Sentence("Nobody has translated this yet."))
    with reading(site, Language.NORWEGIAN):
        said = [templates().filters["said"](error) for error in refused]
    assert said == [f'<span lang="en">{error.message}</span>' for error in refused]
    with reading(site, Language.ENGLISH):
        assert [templates().filters["said"](error) for error in refused] == [error.message for error in refused]
