import re

import pytest

from pywats_server.demo.certificates import certificate

_PAGE = certificate(("Certificate", "Object: probe (10:1), 23.0 °C"))


def test_certificate_table_points_at_its_objects() -> None:
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", _PAGE)[1])  # type: ignore[index]
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n ", _PAGE[start:])]
    assert _PAGE[start:].startswith(b"xref\n0 6\n")
    assert [_PAGE[offset:].split(b" obj")[0] for offset in offsets] == [b"%d 0" % number for number in range(1, 6)]


def test_certificate_stream_has_the_length_that_it_states() -> None:
    length, stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", _PAGE, re.DOTALL).groups()  # type: ignore[union-attr]
    assert len(stream) == int(length)


@pytest.mark.parametrize("text", [rb"(Certificate) Tj", rb"(Object: probe \(10:1\), 23.0 " + b"\xb0C) '"])
def test_certificate_shows_its_lines(text: bytes) -> None:
    assert text in _PAGE
