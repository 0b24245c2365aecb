"""
Spans of OpenTelemetry around calls, in programs that use it.

Whether a program does is seen by what it has imported and set up, so that others pay nothing.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pywats.http.report import RequestReport
from pywats.http.request import Request
from pywats.version import __version__

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


class CallSpan:
    """
    The span of one call; without OpenTelemetry it is nothing.

    Attributes:
        headers: What tells the server to which trace the call belongs.
    """

    def __init__(self, span: "Span | None" = None, headers: Mapping[str, str] | None = None) -> None:
        self._span = span
        self.headers = headers or {}

    @property
    def listens(self) -> bool:
        """Whether anybody is told how the call went."""
        return self._span is not None and self._span.is_recording()

    def tell(self, report: RequestReport) -> None:
        """Write down how the call went."""
        if self._span is None:
            return
        from opentelemetry.trace import StatusCode

        self._span.set_attributes(_outcome(report))
        if report.status is None or report.status >= 400:
            self._span.set_status(StatusCode.ERROR)


_NONE = CallSpan()


@contextmanager
def traced(request: Request) -> Iterator[CallSpan]:
    """The span of the call that sends *request*, as a child of whatever the program is doing."""
    if not _is_in_use():
        yield _NONE
        return
    from opentelemetry import propagate, trace

    headers = dict[str, str]()
    with _tracer().start_as_current_span(
        f"{request.method} {request.place}",
        kind=trace.SpanKind.CLIENT,
        attributes=_beginning(request),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        propagate.inject(headers)
        yield CallSpan(span, headers)


def _is_in_use() -> bool:
    if "opentelemetry.trace" not in sys.modules:
        return False
    from opentelemetry import trace

    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


@cache
def _tracer() -> "Tracer":
    from opentelemetry import trace

    return trace.get_tracer("pywats", __version__)


def _beginning(request: Request) -> dict[str, str | int]:
    """The names are OpenTelemetry's, of its conventions for HTTP clients."""
    parts = urlsplit(request.url)
    return {
        "http.request.method": request.method,
        "url.full": request.url,
        "url.template": request.place,
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        "pywats.operation": request.operation,
    }


def _outcome(report: RequestReport) -> dict[str, str | int]:
    told: dict[str, str | int | None] = {
        "http.response.status_code": report.status,
        "http.request.resend_count": report.attempts - 1 or None,
        "error.type": report.error or (str(report.status) if report.status and report.status >= 400 else None),
        "pywats.request_id": report.request_id,
    }
    return {name: value for name, value in told.items() if value is not None}
