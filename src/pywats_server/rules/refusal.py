"""The one form in which the rules refuse a number."""

from math import inf

from pywats_server.errors import RuleViolation, Sentence


def refusal(field: str, value: float, accepted: Sentence) -> RuleViolation:
    """
    Return the error to raise for a *value* that a rule forbids; message and details name the same three things.

    Args:
        field: The field's name on the wire.
        value: What came. NaN and infinities stand in the details as text, because JSON has no number for them.
        accepted: What would be accepted, as a phrase that completes "accepted: ...".
    """
    shown = value if abs(value) < inf else repr(value)
    message = Sentence("%(field)s is %(value)r; accepted: %(accepted)s.", field=field, value=value, accepted=accepted)
    return RuleViolation(message, field=field, value=shown, accepted=str(accepted))
