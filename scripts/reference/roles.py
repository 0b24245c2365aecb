"""The page about what tokens and users may do."""

from pywats_server.services.session import Permission, Role
from reference.markdown import table

_OPENING = """\
# Roles

A token has one role, and so has a user. Whoever runs `pywats-server` on the server's own machine is an administrator,
for they hold the database itself. How to make [tokens](../operations/install.md#tokens) and
[users](../operations/install.md#users) is told in operations.
"""


def page() -> str:
    """Return the page."""
    rows = ((permission.value, *("yes" if role.may(permission) else "" for role in Role)) for permission in Permission)
    return "\n".join((_OPENING, table(("may", *(role.value for role in Role)), rows)))
