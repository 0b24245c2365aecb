"""Whom a client trusts, and how it shows who it is, when certificates are given as files."""

import ssl
from pathlib import Path


def context(*, verify_ssl: bool) -> ssl.SSLContext:
    """The rules of a connection that trusts what the system trusts; without *verify_ssl*, everybody."""
    made = ssl.create_default_context()
    if not verify_ssl:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def trust(made: ssl.SSLContext, ca_file: Path) -> None:
    """
    Trust whom the certificates in *ca_file* vouch for, beside whom the system trusts.

    Raises:
        ValueError: The file cannot be read, or holds none.
    """
    try:
        made.load_verify_locations(ca_file)
    except ssl.SSLError as error:
        raise ValueError(f"ca_file is {str(ca_file)!r}; it must hold certificates in PEM form") from error
    except OSError as error:
        raise ValueError(f"ca_file is {str(ca_file)!r}, which cannot be read: {error.strerror}") from error


def identify(made: ssl.SSLContext, client_cert: Path, client_key: Path | None, password: str | None) -> None:
    """
    Show this certificate to servers that ask who is calling. Its key is in *client_key*, or else in the same file.

    Raises:
        ValueError: The files cannot be read, do not belong together, or are closed to this *password*.
    """
    for name, path in (("client_cert", client_cert), ("client_key", client_key)):
        if path is not None and not path.is_file():
            raise ValueError(f"{name} is {str(path)!r}, which is no file")
    try:
        # Without a password OpenSSL would ask at the terminal, and a service would wait there for ever.
        made.load_cert_chain(client_cert, client_key, password or "")
    except OSError as error:
        raise ValueError(
            f"client_cert is {str(client_cert)!r} with its key in {str(client_key or client_cert)!r}; they must hold a "
            f"certificate and its key in PEM form, and client_key_password must open the key if it is encrypted"
        ) from error
