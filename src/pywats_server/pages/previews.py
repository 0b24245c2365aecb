"""Which files a browser may show by itself. Everything else is handed out to be saved: it is whatever was uploaded."""

from urllib.parse import quote

_DOCUMENT = "application/pdf"
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", _DOCUMENT),
)
_ENDINGS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp"), "image"),
    "pdf": "document",
}

POLICY = "default-src 'none'; frame-ancestors 'self'"
"""What a file may do that a browser shows: nothing. A sandbox would keep browsers from showing documents at all."""

_POLICY_OF_DOCUMENTS = f"{POLICY}; style-src 'unsafe-inline'"
"""The browser's own viewer of documents brings its styles along."""


def kind_of(name: str) -> str | None:
    """Return what a page shows a file as that has this *name*: `image`, `document`, or None for not at all."""
    return _ENDINGS.get(name.rpartition(".")[2].lower())


def media_type(content: bytes) -> str | None:
    """Return the media type of *content* if a browser may show it. The content decides, not the name."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)


def headers(name: str, content: bytes, *, to_save: bool) -> dict[str, str]:
    """Return the headers of a file, which a browser shows, or saves under its *name*."""
    kind = None if to_save else media_type(content)
    disposition = "attachment" if kind is None else "inline"
    return {
        "Content-Type": kind or "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": _POLICY_OF_DOCUMENTS if kind == _DOCUMENT else POLICY,
        "X-Content-Type-Options": "nosniff",
    }
