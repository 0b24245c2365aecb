"""The client of one server: completing requests, repeating them, and what it logs."""

import logging
from contextlib import suppress

import pytest

from client.fakes import TOKEN, FakeTransport, answer, config
from pywats.blocking import run
from pywats.config import RetryConfig
from pywats.errors import ConnectionError, TimeoutError
from pywats.http.client import HttpClient
from pywats.http.report import OnRequest, RequestReport
from pywats.http.request import Repeat, Request, Response, segment, with_query

BUSY = answer(status=503)
LOST = ConnectionError("lost", may_have_arrived=True)
REFUSED = ConnectionError("refused", may_have_arrived=False)
READ = Request("GET", "/api/Asset", repeat=Repeat.SAFE)
COUNT = Request("PUT", "/api/Asset/Count", {"Idempotency-Key": "k-1"})
STATE = Request("PUT", "/api/Asset/State", {"Idempotency-Key": "k-2"}, repeat=Repeat.SAFE)
HONOURS_KEYS = answer("1.0", idempotency_key_lifetime="604800")
HONOURS_NONE = answer("24.1")
FINE = answer("fine", x_request_id="r-1")
NO_SUCH_CALL = answer(status=404)


def client(transport: FakeTransport, on_request: OnRequest | None = None, **retry: object) -> HttpClient:
    """A client whose chance always falls in the middle, and whose attempts take a quarter of a second each."""
    settings = config(retry=RetryConfig(**{"jitter": False} | retry), on_request=on_request)  # type: ignore[arg-type]
    return HttpClient(
        settings, transport, chance=lambda: 0.5, clock=lambda: sum(transport.slept) + len(transport.requests) / 4
    )


def asked(transport: FakeTransport) -> list[str]:
    """What came, in short."""
    return [f"{request.method} {request.url.rpartition('/')[2]}" for request in transport.requests]


def test_request_is_completed_with_address_and_token() -> None:
    transport = FakeTransport()
    run(client(transport).send(Request("GET", "/api/Asset?x=http://y", {"Accept": "*/*"})))
    assert transport.last.url == "http://wats.test/api/Asset?x=http://y"
    assert transport.last.headers["Authorization"] == f"Basic {TOKEN}"
    assert transport.last.headers["Accept"] == "*/*"
    assert transport.last.headers["User-Agent"].startswith("pywats/")


def test_absolute_address_stays() -> None:
    transport = FakeTransport()
    run(client(transport).send(Request("GET", "http://other.test/api/Asset")))
    assert transport.last.url == "http://other.test/api/Asset"


@pytest.mark.parametrize("trouble", [BUSY, LOST, REFUSED, TimeoutError("late")], ids=str)
def test_safe_request_is_repeated_until_it_succeeds(trouble: object) -> None:
    transport = FakeTransport(trouble, trouble, answer("fine"))  # type: ignore[arg-type]
    assert run(client(transport).send(READ)).status == 200
    assert transport.slept == [1.0, 2.0]
    assert transport.requests[0] == transport.requests[1] == transport.requests[2]


def test_last_answer_or_fault_goes_to_the_caller() -> None:
    assert run(client(FakeTransport(BUSY)).send(READ)).status == 503
    with pytest.raises(ConnectionError, match="lost"):
        run(client(FakeTransport(LOST)).send(READ))


@pytest.mark.parametrize("trouble", [BUSY, LOST, TimeoutError("late")], ids=str)
def test_count_in_doubt_is_repeated_with_its_key_once_the_server_tells_that_it_honours_keys(trouble: object) -> None:
    transport = FakeTransport(trouble, HONOURS_KEYS, trouble, answer(0))  # type: ignore[arg-type]
    assert run(client(transport).send(COUNT)).status == 200
    assert asked(transport) == ["PUT Count", "GET Version", "PUT Count", "PUT Count"]
    assert {request.key for request in transport.requests} == {"k-1", None}
    assert transport.slept == [1.0, 2.0]


def test_server_is_asked_once_whether_it_honours_keys() -> None:
    transport = FakeTransport(LOST, HONOURS_KEYS, answer(0), LOST, answer(0))
    http = client(transport)
    assert [run(http.send(COUNT)).status for _ in range(2)] == [200, 200]
    assert asked(transport).count("GET Version") == 1
    assert run(http.key_lifetime()) == 604_800


@pytest.mark.parametrize("version", [HONOURS_NONE, NO_SUCH_CALL], ids=["told", "not known"])
@pytest.mark.parametrize("fault", [LOST, TimeoutError("late")], ids=str)
def test_count_in_doubt_is_not_repeated_where_keys_are_not_honoured(fault: Exception, version: Response) -> None:
    transport = FakeTransport(fault, version, fault, answer(0))
    http = client(transport)
    for _ in range(2):
        with pytest.raises(type(fault), match="not known whether") as failed:
            run(http.send(COUNT))
        assert failed.value.outcome_unknown
    assert asked(transport) == ["PUT Count", "GET Version", "PUT Count"]


def test_count_that_a_proxy_answered_is_not_repeated_where_keys_are_not_honoured() -> None:
    transport = FakeTransport(BUSY, HONOURS_NONE, answer(0))
    response = run(client(transport).send(COUNT))
    assert (response.status, response.outcome_unknown) == (503, True)
    assert asked(transport) == ["PUT Count", "GET Version"]


@pytest.mark.parametrize("trouble", [REFUSED, LOST, BUSY], ids=str)
def test_server_that_cannot_be_asked_yet_is_asked_again(trouble: object) -> None:
    transport = FakeTransport(LOST, trouble, HONOURS_KEYS, answer(0))  # type: ignore[arg-type]
    assert run(client(transport).send(COUNT)).status == 200
    assert asked(transport) == ["PUT Count", "GET Version", "GET Version", "PUT Count"]


def test_count_stays_in_doubt_when_the_server_does_not_come_back() -> None:
    with pytest.raises(ConnectionError, match="refused") as failed:
        run(client(FakeTransport(LOST, REFUSED)).send(COUNT))
    assert failed.value.outcome_unknown
    assert failed.value.may_have_arrived


def test_count_stays_in_doubt_when_the_token_is_refused_meanwhile() -> None:
    response = run(client(FakeTransport(LOST, answer(status=401))).send(COUNT))
    assert (response.status, response.outcome_unknown) == (401, True)


def test_request_without_a_key_is_not_repeated_when_in_doubt() -> None:
    transport = FakeTransport(LOST, HONOURS_KEYS, answer(0))
    with pytest.raises(ConnectionError):
        run(client(transport).send(Request("PUT", "/api/Asset/Count")))
    assert asked(transport) == ["PUT Count", "GET Version"]


def test_safe_request_is_repeated_without_asking() -> None:
    transport = FakeTransport(LOST, answer(0))
    assert run(client(transport).send(STATE)).status == 200
    assert asked(transport) == ["PUT State", "PUT State"]


@pytest.mark.parametrize(("request_", "unknown"), [(READ, False), (STATE, True), (COUNT, True)], ids=str)
def test_outcome_is_unknown_where_a_change_may_have_been_made(request_: Request, unknown: bool) -> None:
    assert run(client(FakeTransport(BUSY), enabled=False).send(request_)).outcome_unknown is unknown
    with pytest.raises(ConnectionError) as failed:
        run(client(FakeTransport(LOST), enabled=False).send(request_))
    assert failed.value.outcome_unknown is unknown


def test_count_that_never_left_or_was_turned_away_is_repeated_without_asking() -> None:
    transport = FakeTransport(REFUSED, answer(status=429, retry_after="2"), answer(0))
    assert run(client(transport).send(COUNT)).status == 200
    assert asked(transport) == ["PUT Count"] * 3
    assert transport.slept == [1.0, 2.0]


def test_server_that_cannot_be_reached_cannot_be_asked_how_long_it_knows_keys() -> None:
    with pytest.raises(ConnectionError, match="refused"):
        run(client(FakeTransport(REFUSED)).key_lifetime())
    assert run(client(FakeTransport(BUSY)).key_lifetime()) is None


def test_chance_spreads_the_waits() -> None:
    transport = FakeTransport(BUSY, answer("fine"))
    run(client(transport, jitter=True).send(READ))
    assert transport.slept == [0.75]


def test_log_tells_attempts_and_never_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "pywats"):
        run(client(FakeTransport(LOST, BUSY, FINE)).send(READ))
    assert [record.name for record in caplog.records] == ["pywats"] * len(caplog.records)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert lines == [
        ("DEBUG", "GET http://wats.test/api/Asset: lost in 250.0 ms"),
        ("INFO", "GET http://wats.test/api/Asset: lost; trying again in 1.0 s"),
        ("DEBUG", "GET http://wats.test/api/Asset: status 503 in 250.0 ms"),
        ("INFO", "GET http://wats.test/api/Asset: status 503; trying again in 2.0 s"),
        ("DEBUG", "GET http://wats.test/api/Asset: status 200, request r-1 in 250.0 ms"),
    ]
    assert TOKEN not in caplog.text


LISTING = Request("GET", "/api/Asset?$top=1", repeat=Repeat.SAFE, operation="asset.get_all", route="/api/Asset")


@pytest.mark.parametrize(
    ("answers", "status", "attempts", "seconds", "request_id", "error"),
    [
        ([FINE], 200, 1, 0.25, "r-1", None),
        ([BUSY, FINE], 200, 2, 1.5, "r-1", None),
        ([BUSY], 503, 3, 3.75, None, None),
        ([LOST], None, 3, 3.75, None, "ConnectionError"),
    ],
    ids=["answered", "repeated", "given up", "lost"],
)
def test_program_is_told_how_a_call_went(
    answers: list[Response | Exception],
    status: int | None,
    attempts: int,
    seconds: float,
    request_id: str | None,
    error: str | None,
) -> None:
    told: list[RequestReport] = []
    with suppress(ConnectionError):
        run(client(FakeTransport(*answers), told.append).send(LISTING))
    expected = RequestReport(
        "asset.get_all", "GET", "/api/Asset", status, attempts, pytest.approx(seconds), request_id, error
    )
    assert told == [expected]


def test_report_of_a_request_without_a_route_tells_its_path() -> None:
    told: list[RequestReport] = []
    run(client(FakeTransport(), told.append).send(Request("GET", "/api/Asset?$top=1")))
    assert told[0].route == "/api/Asset"


def test_call_goes_on_when_the_program_fails_to_hear_how_it_went(caplog: pytest.LogCaptureFixture) -> None:
    def fail(report: RequestReport) -> None:
        raise ZeroDivisionError

    assert run(client(FakeTransport(), fail).send(READ)).status == 200
    assert "on_request failed" in caplog.text


def test_closing_closes_the_transport() -> None:
    transport = FakeTransport()
    run(client(transport).close())
    assert transport.closed


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("DMM-001_a.b~", "DMM-001_a.b~"),
        ("a/b", "a%2Fb"),
        ("a b+c%d", "a%20b%2Bc%25d"),
        ("?#&='\"", "%3F%23%26%3D%27%22"),
        ("ü", "%C3%BC"),
        ("示波器", "%E7%A4%BA%E6%B3%A2%E5%99%A8"),
    ],
)
def test_segment_is_encoded_to_the_last_character(text: str, encoded: str) -> None:
    assert segment(text) == encoded


def test_query_leaves_out_what_is_none_and_writes_booleans_small() -> None:
    query = [("$filter", "a eq 'ü+b'"), ("$top", None), ("translate", False), ("n", 0), ("empty", "")]
    assert with_query("/p", query) == "/p?$filter=a%20eq%20%27%C3%BC%2Bb%27&translate=false&n=0&empty="
    assert with_query("/p", [("x", None)]) == "/p"
