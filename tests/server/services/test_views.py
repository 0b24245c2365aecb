"""Views of the list of assets: own ones and shared ones."""

import pytest

from pywats_server.errors import InvalidInput, NotAllowed, NotFound, RuleViolation
from pywats_server.services import views
from pywats_server.services.session import Principal, Role, user_principal
from pywats_server.services.views import StoredView
from server.services.conftest import House

KARI, OLA = user_principal("kari", Role.MANAGER), user_principal("ola", Role.VIEWER)
ADA = user_principal("ada", Role.ADMINISTRATOR)


def _save(house: House, who: Principal, name: str, query: str = "q=1", *, is_shared: bool = False) -> int:
    key: int = house.run(house.backend.write(who, views.save_view, name, query, is_shared=is_shared))
    return key


def _seen(house: House, who: Principal) -> list[StoredView]:
    found: list[StoredView] = house.run(house.backend.read(who, views.list_views))
    return found


def _delete(house: House, who: Principal, key: int) -> None:
    house.run(house.backend.write(who, views.delete_view, key))


def test_people_see_their_own_views_and_those_that_are_shared(house: House) -> None:
    _save(house, KARI, "Mine")
    shared = _save(house, KARI, "Ours", is_shared=True)
    _save(house, OLA, "Another")
    assert [(view.name, view.is_shared) for view in _seen(house, KARI)] == [("Mine", False), ("Ours", True)]
    assert [view.name for view in _seen(house, OLA)] == ["Another", "Ours"]
    found = house.run(house.backend.read(OLA, views.find_view, shared))
    assert (found.owner, found.query) == ("user:kari", "q=1")


def test_a_view_of_the_same_name_takes_the_place_of_the_old_one(house: House) -> None:
    first = _save(house, KARI, "Mine", "q=1", is_shared=True)
    assert _save(house, KARI, "Mine", "q=2") == first
    assert [(view.query, view.is_shared) for view in _seen(house, KARI)] == [("q=2", False)]
    assert _save(house, OLA, "Mine") != first


def test_what_is_not_ones_own_cannot_be_seen_or_deleted(house: House) -> None:
    own, shared = _save(house, KARI, "Mine"), _save(house, KARI, "Ours", is_shared=True)
    with pytest.raises(NotFound):
        house.run(house.backend.read(OLA, views.find_view, own))
    with pytest.raises(NotFound):
        _delete(house, ADA, own)
    with pytest.raises(NotAllowed):
        _delete(house, OLA, shared)
    _delete(house, ADA, shared)
    _delete(house, KARI, own)
    assert _seen(house, KARI) == []


def test_sharing_takes_the_right_to_edit_assets(house: House) -> None:
    with pytest.raises(NotAllowed):
        _save(house, OLA, "Ours", is_shared=True)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\nb"])
def test_a_view_has_a_name_that_can_be_read(house: House, name: str) -> None:
    with pytest.raises(InvalidInput):
        _save(house, KARI, name)


def test_nobody_has_views_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_VIEWS", 2)
    _save(house, KARI, "1")
    _save(house, KARI, "2")
    with pytest.raises(RuleViolation):
        _save(house, KARI, "3")
    _save(house, KARI, "2", "q=new")
