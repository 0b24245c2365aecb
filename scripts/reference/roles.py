"""The page about what tokens may do."""

from pywats_server.services.session import Permission, Role
from reference.markdown import table

_OPENING = """\
# Roles

A token has one role. Whoever runs `pywats-server` on the server's own machine is an administrator, for they hold the
database itself. How tokens are made and revoked is told in [operations](../operations/install.md#tokens).
"""


def page() -> str:
    """Return the page."""
    rows = ((permission.value, *("yes" if role.may(permission) else "" for role in Role)) for permission in Permission)
    return "\n".join((_OPENING, table(("may", *(role.value for role in Role)), rows)))
