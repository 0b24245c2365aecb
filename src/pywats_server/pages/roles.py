"""What pages say about roles, and how a form names one."""

from typing import Any

from pywats_server.errors import InvalidInput, Sentence
from pywats_server.pages.visit import Visit
from pywats_server.pages.words import N_
from pywats_server.services.session import Role

MEANINGS = {
    Role.VIEWER: N_("Sees everything, changes nothing."),
    Role.OPERATOR: N_("Records calibration and maintenance, counts, sets states, attaches messages and files."),
    Role.MANAGER: N_("Does what operators do, and creates and edits assets and types."),
    Role.ADMINISTRATOR: N_("Does everything: deletes, too, and manages users and tokens."),
}
"""What each role may do, in one sentence."""

ROLES: dict[str, Any] = {"roles": Role, "meanings": MEANINGS}
"""What templates know who show roles, and `roles.html` among them."""


def role_in(visit: Visit) -> Role:
    """
    Return the role that the form names.

    Raises:
        InvalidInput: It names none.
    """
    try:
        return Role(visit.field("role"))
    except ValueError as error:
        raise InvalidInput(Sentence("There is no such role; accepted: one of those shown."), field="role") from error
