"""The error tree: which class a status becomes, and what an error tells."""

import builtins
import pickle

import pytest

from client.fakes import answer
from pywats import errors
from pywats.errors import ErrorHandler, PyWATSError, TransportError, error_class
from pywats.http.request import Response

HANDLER = ErrorHandler()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.ValidationError),
        (401, errors.AuthenticationError),
        (403, errors.AuthorizationError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (412, errors.ConflictError),
        (413, errors.ValidationError),
        (415, errors.ValidationError),
        (422, errors.ValidationError),
        (429, errors.PyWATSError),
        (418, errors.PyWATSError),
        (302, errors.PyWATSError),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_status_becomes_its_class(status: int, expected: type[PyWATSError]) -> None:
    assert error_class(status) is expected
    with pytest.raises(expected) as caught:
        HANDLER.check(answer({"message": "no"}, status), "asset.save")
    assert type(caught.value) is expected
    assert caught.value.status_code == status


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_passes(status: int) -> None:
    HANDLER.check(Response(status), "asset.save")


def test_error_carries_everything_that_the_server_told() -> None:
    body = {"message": "state is 9; give 0 to 6", "code": "invalid_input", "details": {"field": "state", "value": 9}}
    error = HANDLER.error(answer(body, 400, x_request_id="r-7"), "asset.set_state")
    assert error.message == "state is 9; give 0 to 6"
    assert (error.code, error.details) == ("invalid_input", {"field": "state", "value": 9})
    assert (error.status_code, error.request_id, error.operation) == (400, "r-7", "asset.set_state")
    assert str(error) == "state is 9; give 0 to 6 (status 400, request r-7, in asset.set_state)"


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer({"Message": "from .NET"}, 400), "from .NET"),
        (answer({"detail": "problem"}, 400), "problem"),
        (answer({"title": "short"}, 400), "short"),
        (answer({"message": "", "detail": ["a", "list"], "title": "short"}, 400), "short"),
        (answer(["unexpected"], 400), "Bad Request"),
        (answer("text", 400), "Bad Request"),
        (Response(502, {"content-type": "text/html"}, b"<html>nginx</html>"), "Bad Gateway"),
        (Response(502, {"content-type": "text/plain; charset=utf-8"}, b"  upstream\n is down "), "upstream is down"),
        (Response(500, {}, b"\xff\xfe{"), "Internal Server Error"),
        (Response(599), "The server answered with status 599"),
        (Response(301, {"location": "https://b/"}), "The server answers from another address, 'https://b/'"),
    ],
    ids=["net", "detail", "title", "unusable", "list", "string", "page", "text", "bytes", "unknown", "redirect"],
)
def test_message_is_the_best_that_the_answer_holds(response: Response, message: str) -> None:
    assert HANDLER.error(response, "asset.save").message.startswith(message)


def test_long_plain_text_is_cut() -> None:
    response = Response(500, {"content-type": "text/plain"}, b"x" * 10_000)
    assert len(HANDLER.error(response, "asset.save").message) == errors.LONGEST_QUOTE


def test_request_id_is_taken_from_the_body_when_no_header_has_it() -> None:
    assert HANDLER.error(answer({"requestId": "r-9"}, 500), "asset.save").request_id == "r-9"


def test_error_without_facts_is_its_message() -> None:
    assert str(PyWATSError("nothing more")) == "nothing more"


@pytest.mark.parametrize("name", ["ConnectionError", "TimeoutError"])
def test_transport_error_is_also_the_built_in(name: str) -> None:
    error = getattr(errors, name)("gone", may_have_arrived=False, operation="asset.save")
    assert isinstance(error, getattr(builtins, name))
    assert isinstance(error, TransportError)
    assert str(error) == "gone (in asset.save)"
    assert not error.may_have_arrived


def classes_below(cls: type[PyWATSError]) -> list[type[PyWATSError]]:
    """All errors of the tree."""
    return [cls, *(below for child in cls.__subclasses__() for below in classes_below(child))]


@pytest.mark.parametrize("cls", classes_below(PyWATSError))
def test_error_survives_the_way_to_another_process(cls: type[PyWATSError]) -> None:
    error = cls("why", status_code=500, request_id="r", operation="o", details={"a": 1})
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied), copied.details) == (cls, str(error), {"a": 1})


@pytest.mark.parametrize("cls", classes_below(PyWATSError))
def test_tree_in_the_docstring_names_every_class(cls: type[PyWATSError]) -> None:
    if cls is not TransportError:
        assert f" {cls.__name__} " in (errors.__doc__ or "")
