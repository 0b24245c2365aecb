"""Calibration certificates as files: one page of text as a small PDF."""

from collections.abc import Sequence


def certificate(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page with *lines* of Latin text, the first of them as its title."""
    content = _content(lines)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font <</F1 5 0 R>> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _document(objects)


def _content(lines: Sequence[str]) -> bytes:
    """Return the drawing instructions of the page."""
    title, *others = (_string(line) for line in lines)
    return b"\n".join(
        (b"BT /F1 20 Tf 60 760 Td", title + b" Tj", b"/F1 11 Tf 20 TL T*", *(line + b" '" for line in others), b"ET")
    )


def _string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"


def _document(objects: Sequence[bytes]) -> bytes:
    """Return numbered *objects* with the table of where each of them starts."""
    document = b"%PDF-1.4\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(document))
    return document + head + table + tail
