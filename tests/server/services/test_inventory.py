"""Going through a place: what is seen there is noted, and moved there by whoever may edit assets."""

import pytest

from pywats_server.errors import InvalidInput, NotFound
from pywats_server.services import assets, types
from pywats_server.services.drafts import AssetDraft, TypeDraft
from pywats_server.services.identify import AssetRef
from pywats_server.services.inventory import confirm_location
from pywats_server.services.reading import get_asset_by_ref
from pywats_server.services.session import Role, user_principal
from server.services.conftest import House

REF = AssetRef(serial_number="DMM-1")


@pytest.fixture
def dmm(house: House) -> None:
    """An asset in Lab 1."""
    type_id = house.do(types.save_type, TypeDraft(type_name="Multimeter"))["typeId"]
    house.do(assets.save_asset, AssetDraft(serial_number="DMM-1", type_id=type_id, location="Lab 1"))


@pytest.mark.parametrize(
    ("role", "location", "is_moved", "stands_at"),
    [
        (Role.OPERATOR, "Lab 1", False, "Lab 1"),
        (Role.OPERATOR, "Lab 2", False, "Lab 1"),
        (Role.MANAGER, "Lab 1", False, "Lab 1"),
        (Role.MANAGER, "Lab 2", True, "Lab 2"),
    ],
)
@pytest.mark.usefixtures("dmm")
def test_asset_that_was_seen_is_moved_by_who_may_edit_it(
    house: House, role: Role, location: str, is_moved: bool, stands_at: str
) -> None:
    somebody = user_principal("Kari", role)
    seen = house.run(house.backend.write(somebody, confirm_location, REF, location))
    assert (seen.serial_number, seen.registered_at, seen.is_moved) == ("DMM-1", "Lab 1", is_moved)
    assert house.do(get_asset_by_ref, REF).document["location"] == stands_at


@pytest.mark.usefixtures("dmm")
def test_nowhere_is_no_place_to_be_seen(house: House) -> None:
    with pytest.raises(InvalidInput):
        house.do(confirm_location, REF, "")


def test_unknown_asset_is_not_seen(house: House) -> None:
    with pytest.raises(NotFound):
        house.do(confirm_location, REF, "Lab 1")
