"""What scripts/messages takes for a fault, and that it finds what templates and modules say."""

from pathlib import Path

import pytest
from babel.messages.catalog import Message
from scripts.catalogs.bare import bare_texts
from scripts.catalogs.extracting import found_in
from scripts.catalogs.faults import faults_of

from pywats_server.pages.rendering import templates

ASSETS = ("%(n)s asset", "%(n)s assets")


@pytest.mark.parametrize(
    ("written", "translated", "forms"),
    [
        ("Sign in", "Logg inn", 2),
        ("%(used)s of %(limit)s", "%(limit)s, davon %(used)s", 2),
        ("100%% of %(name)s", "100 %% von %(name)s", 2),
        (ASSETS, ("%(n)s utstyr", "%(n)s utstyr"), 2),
        (("one asset", "%(n)s assets"), ("ett utstyr", "%(n)s utstyr"), 2),
        (("one asset", "%(n)s assets"), ("%(n)s utstyr", "%(n)s utstyr"), 2),
        (("one asset", "%(n)s assets"), ("%(n)s个资产",), 1),
        ("Press <kbd>?</kbd>", "Trykk <kbd>?</kbd>", 2),
    ],
    ids=str,
)
def test_translation_that_can_be_shown_has_no_fault(written: object, translated: object, forms: int) -> None:
    assert list(faults_of(Message(written, translated), forms)) == []


@pytest.mark.parametrize(
    ("written", "translated", "forms", "fault"),
    [
        ("Sign in", "", 2, "there is no translation"),
        ("Sign in", None, 2, "there is no translation"),
        (ASSETS, ("%(n)s utstyr", ""), 2, "there are not 2 forms of the plural"),
        (ASSETS, ("%(n)s utstyr",), 2, "there are not 2 forms of the plural"),
        ("%(used)s of %(limit)s", "%(used)s av %(limits)s", 2, "the placeholders of"),
        ("%(used)s of %(limit)s", "%(used)s", 2, "the placeholders of"),
        (ASSETS, ("utstyr", "%(n)s utstyr"), 2, "the placeholders of"),
        (("one asset", "%(n)s assets"), ("资产",), 1, "the placeholders of"),
        ("80 % used", "80 % brukt", 2, "a percent sign"),
        ("%(used)s used", "%(used) brukt", 2, "a percent sign"),
        ("Sign in", "<b>Logg inn</b>", 2, "the markup of"),
    ],
    ids=str,
)
def test_translation_that_cannot_be_shown_is_told(written: object, translated: object, forms: int, fault: str) -> None:
    assert [found for found in faults_of(Message(written, translated), forms) if found.startswith(fault)]


def test_translation_that_somebody_should_look_at_is_told() -> None:
    assert list(faults_of(Message("Sign in", "Logg inn", flags={"fuzzy"}), 2)) == ["the translation is marked as fuzzy"]


def test_messages_of_templates_and_modules_are_found(tmp_path: Path) -> None:
    (tmp_path / "pages" / "templates" / "area").mkdir(parents=True)
    (tmp_path / "pages" / "templates" / "area" / "page.html").write_text(
        '<h1>{{ _("Users") }}</h1>{% trans n=2 %}one asset{% pluralize %}{{ n }} assets{% endtrans %}'
    )
    (tmp_path / "rule.py").write_text('raise Conflict(Sentence("%(name)s is taken.", name=name), text("no message"))')
    (tmp_path / "pages" / "area.py").write_text(
        'visit.text("Added %(name)s.", name=name)\nvisit.texts("%(n)s row", "%(n)s rows", 2)\nWORD = N_("Viewer")\n'
    )
    messages = {message.id: message.locations for message in found_in(tmp_path) if message.id}
    assert messages == {
        "Users": [("pages/templates/area/page.html", 1)],
        ("one asset", "%(n)s assets"): [("pages/templates/area/page.html", 1)],
        "Added %(name)s.": [("pages/area.py", 1)],
        ("%(n)s row", "%(n)s rows"): [("pages/area.py", 2)],
        "Viewer": [("pages/area.py", 3)],
        "%(name)s is taken.": [("rule.py", 1)],
    }


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<h1>{{ _("Users") }}</h1> · pywats', []),
        ("{% trans n=2 %}one asset{% pluralize %}{{ n }} assets{% endtrans %}", []),
        ('<code>serve --port 80</code><a class="button primary" href="/users">{{ name }}</a>', []),
        ('{% if error %} aria-invalid="true"{% endif %}', []),
        ("<h1>Users</h1>", ["Users"]),
        ('<p>{% trans %}known{% endtrans %} and <b class="x">more</b></p>', ["and", "more"]),
        ('<button aria-label="Close {{ name }}">×</button>', ["Close"]),
        ('<input placeholder="Søk">', ["Søk"]),
    ],
)
def test_text_that_no_catalog_can_reach_is_found(template: str, found: list[str]) -> None:
    assert bare_texts(templates(), template) == found
