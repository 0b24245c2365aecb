"""Chains of hashes: no entry of a log was changed, left out or put in."""

from collections.abc import Iterator

from pywats_server.checking.finding import Finding, Invariant, asset_named, deleted_asset_named
from pywats_server.rules.chain import START, Link, first_break


class Chain:
    """One log, read entry by entry from its oldest on; nothing is known of where it ends."""

    def __init__(self, invariant: Invariant, subject: str) -> None:
        self.invariant = invariant
        self.subject = subject
        self.newest: Link | None = None
        self._is_broken = False

    def add(self, number: int, link: Link) -> Iterator[Finding]:
        """Read the next entry. Only the first that does not fit is told; what follows it cannot be judged."""
        if not self._is_broken and first_break([link], self._last_hash) is not None:
            self._is_broken = True
            stands = f"entry {number} does not fit its hash or the entry before it"
            yield self._fault(stands, "entries that nobody changed, left out or put in")
        self.newest = link

    def end(self) -> Iterator[Finding]:
        """Judge where the log ends."""
        yield from ()

    @property
    def _last_hash(self) -> str:
        return START if self.newest is None else self.newest.hash

    def _fault(self, stands: str, should: str) -> Finding:
        return Finding(self.invariant, self.subject, stands, should)


class AssetChain(Chain):
    """The log of an asset, which knows the hash of its newest entry."""

    def __init__(self, serial_number: str, head: str) -> None:
        super().__init__(Invariant.LOG, asset_named(serial_number))
        self._head = head

    def end(self) -> Iterator[Finding]:
        """Every asset has a log, from its registration on, and it ends as the asset says."""
        if self.newest is None:
            yield self._fault("no log", "a log that begins with the registration")
        elif self._last_hash != self._head:
            yield self._fault(f"a log that ends with the hash {self._last_hash}", f"one that ends with {self._head}")


class ArchivedChain(Chain):
    """The log of a deleted asset."""

    def __init__(self, serial_number: str) -> None:
        super().__init__(Invariant.ARCHIVE, deleted_asset_named(serial_number))

    def end(self) -> Iterator[Finding]:
        """It ends with the deletion."""
        said = {} if self.newest is None else self.newest.entry
        if (said.get("property"), said.get("value")) != ("deleted", "true"):
            yield self._fault("a log that does not end with its deletion", "a complete log")
