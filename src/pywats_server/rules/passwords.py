"""Which passwords people may choose: long ones, of any characters, that are not what everybody tries first."""

import unicodedata

from pywats_server.errors import InvalidInput, Sentence

SHORTEST = 12
LONGEST = 128
_ACCEPTED = Sentence(
    "%(shortest)s to %(longest)s characters of any kind, not made of your name, a well-known password, a row of keys "
    "or one short piece again and again",
    shortest=SHORTEST,
    longest=LONGEST,
)
_FEWEST_OWN = 5
# What attempts begin with. Longer ones come before those that are a part of them.
_WELL_KNOWN = (
    *("calibration", "maintenance", "administrator", "superuser", "operator", "manager", "viewer", "pywats", "admin"),
    *("password", "passw0rd", "p@ssw0rd", "p@ssword", "passwort", "kennwort", "losenord", "lösenord", "motdepasse"),
    *("contraseña", "wachtwoord", "salasana", "changeme", "changeit", "letmein", "welcome", "willkommen", "default"),
    *("iloveyou", "sunshine", "princess", "football", "baseball", "trustno1", "whatever", "superman", "dragon"),
    *("1234567890", "0987654321", "123456789", "987654321", "12345678", "abcdefghijklmnopqrstuvwxyz", "abcdefgh"),
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qwerty", "qwertz", "azerty"),
    *("1q2w3e4r5t", "1q2w3e4r", "1qaz2wsx3edc", "1qaz2wsx", "qazwsxedc", "qazwsx"),
)


def composed(password: str) -> str:
    """Return *password* as it is counted and hashed: the same text, however a keyboard composes its characters."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, name: str) -> None:
    """
    Let a *password* pass that is long enough and not easily guessed by who knows its owner's *name*.

    Raises:
        InvalidInput: It is not. The error says what is accepted, and not what came.

    Source: NIST SP 800-63B, Passwords: a length, a list of what is common, and no rules on kinds of characters.
    """
    text = composed(password)
    if not SHORTEST <= len(text) <= LONGEST or is_guessable(text, name):
        message = Sentence("The password cannot be taken; accepted: %(accepted)s.", accepted=_ACCEPTED)
        raise InvalidInput(message, field="password", accepted=str(_ACCEPTED))


def is_guessable(password: str, name: str) -> bool:
    """Tell whether hardly anything is left of *password* without its owner's *name* and what everybody tries first."""
    rest = password.casefold()
    for word in (composed(name).casefold(), *_WELL_KNOWN):
        rest = rest.replace(word, "")
    return len(set(rest)) < _FEWEST_OWN
