"""Many assets by one call: what is sent, what is told meanwhile, and what fails alone."""

import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from client.fakes import TYPE_ID, FakeTransport, answer, asset_document, content_of
from pywats import Asset, AssetOutcome, ConnectionError, NotFoundError
from pywats.blocking import run
from pywats.domains.asset import AsyncAssetRepository, AsyncAssetService
from pywats.domains.asset.bulk import chunks
from pywats.http.request import Request, Response


class Factory(FakeTransport):
    """Answers each request by what it asks, as requests on threads come in any order."""

    def __init__(self, respond: Callable[[Request], Response]) -> None:
        super().__init__()
        self.respond = respond

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        return self.respond(request)


def service(respond: Callable[[Request], Response]) -> tuple[AsyncAssetService, Factory]:
    """A service on a transport that answers like this."""
    transport = Factory(respond)
    return AsyncAssetService(AsyncAssetRepository(transport)), transport


def asked(request: Request) -> list[str]:
    """The serial numbers in the filter of *request*."""
    [condition] = parse_qs(urlsplit(request.url).query)["$filter"]
    return [text.replace("''", "'") for text in condition.removeprefix("serialNumber in ('")[:-2].split("','")]


def found(request: Request) -> Response:
    """Every asset that was asked for whose number does not end with 7."""
    return answer([asset_document(serialNumber=serial) for serial in asked(request) if not serial.endswith("7")])


def found_without_in(request: Request) -> Response:
    """The same, from a server with an older OData."""
    [condition] = parse_qs(urlsplit(request.url).query)["$filter"]
    if condition.startswith("serialNumber in "):
        return answer({"message": "Unknown operator"}, 400)
    serials = [text.replace("''", "'") for text in re.findall(r"serialNumber eq '((?:[^']|'')*)'", condition)]
    return answer([asset_document(serialNumber=serial) for serial in serials if not serial.endswith("7")])


# Serial numbers


def test_serial_numbers_are_found_or_missing_in_the_order_given() -> None:
    api, transport = service(found)
    wanted = [f"A-{number}" for number in range(1000, 0, -1)]
    outcome = run(api.get_assets_by_serial([*wanted, "A-5"]))
    assert list(outcome) == wanted
    assert [serial for serial, asset in outcome.items() if asset is None] == wanted[3::10]
    assert all(asset is None or asset.serial_number == serial for serial, asset in outcome.items())
    assert sorted(serial for request in transport.requests for serial in asked(request)) == sorted(wanted)


def test_server_that_knows_no_lists_is_asked_by_single_comparisons() -> None:
    api, transport = service(found_without_in)
    wanted = [f"A-{number:04}" for number in range(150)]
    outcome = run(api.get_assets_by_serial(wanted))
    assert [serial for serial, asset in outcome.items() if asset is None] == wanted[7::10]
    compared = [request.url.count("%20eq%20") for request in transport.requests]
    assert (max(compared), sum(compared)) == (20, 150)


def test_no_serial_numbers_ask_nothing() -> None:
    api, transport = service(found)
    assert run(api.get_assets_by_serial([])) == {}
    assert transport.requests == []


def test_progress_tells_how_many_serial_numbers_are_done() -> None:
    told: list[tuple[int, int]] = []
    api, transport = service(found)
    run(api.get_assets_by_serial((f"A-{n}" for n in range(500)), progress=lambda *facts: told.append(facts)))
    assert len(told) == len(transport.requests) > 1
    assert told == sorted(told)
    assert told[-1] == (500, 500)


def test_asset_whose_serial_number_only_looks_alike_is_not_the_one() -> None:
    api, _ = service(lambda _: answer([asset_document(serialNumber="dmm-001"), asset_document(serialNumber="DMM-002")]))
    outcome = run(api.get_assets_by_serial(["DMM-001", "DMM-002"]))
    assert (outcome["DMM-001"], outcome["DMM-002"] is not None) == (None, True)


@pytest.mark.parametrize(
    ("wanted", "told"), [("DMM-001", "it must be a list"), (["A", ""], "serial_number"), ([5], "serial_number")]
)
def test_serial_numbers_that_cannot_be_right_are_refused_before_sending(wanted: Any, told: str) -> None:
    api, transport = service(found)
    with pytest.raises(ValueError, match=told):
        run(api.get_assets_by_serial(wanted))
    assert transport.requests == []


AWKWARD = ["DMM-{:04}", "it's {}", "Gerät {} ß", "示波器{:04}", "{:0100}", "\U0001f600" * 96 + "{:04}"]


@pytest.mark.parametrize("respond", [found, found_without_in])
@pytest.mark.parametrize("pattern", AWKWARD)
def test_requests_stay_within_what_servers_take(pattern: str, respond: Callable[[Request], Response]) -> None:
    api, transport = service(respond)
    wanted = [pattern.format(number) for number in range(300)]
    assert list(run(api.get_assets_by_serial(wanted))) == wanted
    assert max(len(urlsplit(request.url).query) for request in transport.requests) <= 2000


def test_chunks_hold_everything_in_its_order() -> None:
    wanted = [f"DMM-{number:04}" for number in range(1000)]
    parts = list(chunks(wanted))
    assert [serial for part in parts for serial in part] == wanted
    assert len(parts) == 12


# Updates


def assets(count: int) -> list[Asset]:
    """Assets as they were loaded, with a change."""
    loaded = [Asset.loaded(asset_document(serialNumber=f"A-{n}", assetId=f"id-{n}"), etag="v1") for n in range(count)]
    for asset in loaded:
        asset.location = "Lab B"
    return loaded


def stored(request: Request) -> Response:
    """The asset that was sent; none whose number ends with 3 is there."""
    content = content_of(request)
    if content["serialNumber"].endswith("3"):
        return answer({"message": "gone"}, 404)
    return answer(asset_document(**content), etag="v2")


def test_updates_tell_what_became_of_each_in_the_order_given() -> None:
    api, transport = service(stored)
    given = assets(20)
    outcomes = run(api.update_assets(given))
    assert [outcome.given for outcome in outcomes] == given
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome.error, NotFoundError)] == [3, 13]
    assert all((outcome.asset is None) is (outcome.error is not None) for outcome in outcomes)
    assert outcomes[0].asset is not None
    assert (outcomes[0].asset.location, outcomes[0].asset.etag) == ("Lab B", "v2")
    assert all(content_of(request)["location"] == "Lab B" for request in transport.requests)


def test_updates_tell_their_progress_and_each_outcome_in_the_thread_of_the_caller() -> None:
    told: list[Any] = []
    api, _ = service(stored)

    def tell(*facts: Any) -> None:
        told.append((threading.current_thread(), *facts))

    outcomes = run(api.update_assets(assets(5), progress=tell, on_outcome=tell))
    assert {fact[0] for fact in told} == {threading.current_thread()}
    assert [fact[1:] for fact in told if len(fact) == 3] == [(n, 5) for n in range(1, 6)]
    assert [type(fact[1]) for fact in told[::2]] == [AssetOutcome] * 5
    assert {id(fact[1]) for fact in told[::2]} == {id(outcome) for outcome in outcomes}


def test_update_of_what_was_changed_meanwhile_fails_alone() -> None:
    api, transport = service(lambda r: stored(r) if r.headers["If-Match"] == "v1" else answer({"message": "no"}, 412))
    assert all(outcome.asset for outcome in run(api.update_assets(assets(2), only_if_unchanged=True)))
    assert {request.headers["If-Match"] for request in transport.requests} == {"v1"}


def test_server_out_of_reach_is_told_of_each() -> None:
    def respond(request: Request) -> Response:
        raise ConnectionError("no way", may_have_arrived=False)

    outcomes = run(service(respond)[0].update_assets(assets(3)))
    assert [str(outcome.error) for outcome in outcomes] == ["no way (in asset.save)"] * 3


def test_interrupted_updates_lose_no_outcome_that_is_known() -> None:
    known: list[str] = []
    api, transport = service(stored)

    def interrupt(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(
            api.update_assets(
                assets(100),
                at_once=1,
                progress=interrupt,
                on_outcome=lambda outcome: known.append(outcome.given.serial_number),
            )
        )
    assert known == ["A-0", "A-1", "A-2", "A-3"]
    assert len(transport.requests) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([*assets(2), Asset(serial_number="A-2")], "Asset 2 of assets: type_id of 'A-2' is None"),
        ([*assets(2), *assets(1)], "Asset 2 of assets: 'A-0' is there already"),
        ([Asset(serial_number="", type_id=TYPE_ID)], "Asset 0 of assets: serial_number"),
    ],
)
def test_updates_that_cannot_be_right_are_refused_before_sending(given: list[Asset], told: str) -> None:
    api, transport = service(stored)
    with pytest.raises(ValueError, match=told):
        run(api.update_assets(given))
    assert transport.requests == []


def test_nothing_at_once_is_refused() -> None:
    api, transport = service(stored)
    with pytest.raises(ValueError, match="at_once is 0"):
        run(api.update_assets(assets(1), at_once=0))
    assert transport.requests == []
