"""Spans of OpenTelemetry around calls."""

import asyncio
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from client.fakes import TOKEN, FakeTransport, answer, config
from pywats import ConnectionError, pyWATS
from pywats.http.request import Response

BUSY = answer(status=503)
LOST = ConnectionError("lost", may_have_arrived=True)


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """What the program of these tests exports its spans to, set up as programs do it."""
    exported = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    trace.set_tracer_provider(provider)
    return exported


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The spans of one test."""
    exporter.clear()
    yield exporter
    exporter.clear()


def api(*answers: Response | Exception) -> tuple[pyWATS, FakeTransport]:
    """A client whose server answers so."""
    transport = FakeTransport(*answers)
    return pyWATS.on(config(), transport), transport


def the_span(spans: InMemorySpanExporter) -> ReadableSpan:
    """The only one there is."""
    (span,) = spans.get_finished_spans()
    return span


def test_call_is_a_span_that_tells_the_endpoint_and_the_outcome(spans: InMemorySpanExporter) -> None:
    client, _ = api(BUSY, answer(0, x_request_id="r-1"))
    client.asset.set_asset_state(5, serial_number="DMM-001")
    span = the_span(spans)
    assert (span.name, span.kind, span.status.is_ok) == ("PUT /api/Asset/State", trace.SpanKind.CLIENT, True)
    assert dict(span.attributes or {}) == {
        "http.request.method": "PUT",
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
        "pywats.operation": "asset.set_state",
        "pywats.request_id": "r-1",
        "server.address": "wats.test",
        "server.port": 80,
        "url.full": "http://wats.test/api/Asset/State?serialNumber=DMM-001&state=5",
        "url.template": "/api/Asset/State",
    }


@pytest.mark.parametrize(("outcome", "kind"), [(answer(status=404), "404"), (LOST, "ConnectionError")], ids=str)
def test_span_of_a_call_that_failed_tells_so(
    spans: InMemorySpanExporter, outcome: Response | Exception, kind: str
) -> None:
    client, _ = api(outcome)
    with pytest.raises(Exception, match=r"lost|Not Found"):
        client.asset.get_child_assets(parent_serial="DMM-001")
    span = the_span(spans)
    assert span.status.status_code is trace.StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == kind


def test_server_is_told_the_trace_that_the_program_is_in(spans: InMemorySpanExporter) -> None:
    client, transport = api(BUSY, answer([]))
    with trace.get_tracer("tests").start_as_current_span("test sequence") as sequence:
        client.asset.get_assets()
    call, _ = spans.get_finished_spans()
    context = sequence.get_span_context()
    assert call.parent is not None
    assert call.parent.span_id == context.span_id
    told = [request.headers["traceparent"].rpartition("-")[0] for request in transport.requests]
    assert told == [f"00-{context.trace_id:032x}-{call.context.span_id:016x}"] * 2


async def _awaited(client: pyWATS) -> None:
    await client.asset.get_assets()  # type: ignore[misc]


def test_call_awaited_in_a_loop_belongs_to_the_trace_of_its_task(spans: InMemorySpanExporter) -> None:
    client, _ = api(answer([]))
    with trace.get_tracer("tests").start_as_current_span("test sequence") as sequence:
        asyncio.run(_awaited(client))
    assert spans.get_finished_spans()[0].parent == sequence.get_span_context()


def test_span_holds_no_token(spans: InMemorySpanExporter) -> None:
    client, _ = api(answer([]))
    client.asset.get_assets()
    assert TOKEN not in the_span(spans).to_json()
