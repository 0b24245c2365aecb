"""What there is to tell of one asset at one look: itself, its status, where it is mounted, and its files."""

from collections.abc import Sequence

from msgspec import Struct

from pywats_server.rules.model import Verdict
from pywats_server.rules.status import judge
from pywats_server.services.identify import AssetRef, find
from pywats_server.services.reading import View, view
from pywats_server.services.session import Permission, Session, use_case
from pywats_server.store import family, files
from pywats_server.store.assets import StoredAsset
from pywats_server.store.family import Ancestor
from pywats_server.store.files import StoredFile as StoredFile


class Dossier(Struct, frozen=True):
    """
    An asset as one look shows it.

    Attributes:
        verdict: What the rules say of the asset itself; what stands below it does not count here.
        ancestors: What it is mounted in, from the top down.
    """

    asset: StoredAsset
    view: View
    verdict: Verdict
    ancestors: Sequence[Ancestor]
    files: Sequence[StoredFile]


@use_case(Permission.READ)
async def open_dossier(session: Session, ref: AssetRef) -> Dossier:
    """Return what one look shows of an asset. What it costs does not depend on how much there is below it."""
    asset = await find(session, ref)
    return Dossier(
        asset=asset,
        view=await view(session, asset),
        verdict=judge(asset.facts, asset.demands, session.now),
        ancestors=await family.ancestors(session.connection, asset.key),
        files=await files.listed(session.connection, asset.key),
    )
