"""Works on imports beside everything else that a server does, until a person has to decide, or the work is done."""

import asyncio
import time
from uuid import uuid4

import structlog

from pywats_server.errors import Conflict, DomainError, InvalidInput, NotFound
from pywats_server.exchange import steps
from pywats_server.services import imports
from pywats_server.services.backend import Backend
from pywats_server.services.imports import WORKING, Stage, StoredImport
from pywats_server.services.session import Principal, Role, UseCase

_log = structlog.get_logger(__name__)

_WORKER = Principal("imports", Role.ADMINISTRATOR)
_SECONDS_BETWEEN_SIGNS = 10.0
_SECONDS_TO_WAIT = 1.0
_ATTEMPTS = 5

_GROUPS: dict[str, UseCase[[int], None]] = {
    Stage.CHECKING: steps.check_group,
    Stage.IMPORTING: steps.import_group,
    Stage.UNDOING: steps.undo_group,
}


class Workshop:
    """
    The imports that this server process works on.

    While it works on one it says so in the database again and again. So any process can tell whether a server is at
    work on an import, or whether it stands still because one was ended; then a person has it go on, on any server.
    """

    def __init__(self) -> None:
        self._me = uuid4().hex
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def work_on(self, backend: Backend, key: int) -> None:
        """Begin to work on an import, if no server does, and return at once."""
        worker = _Worker(backend, self._me, key)
        await worker.take_on()
        if key not in self._tasks:
            task = self._tasks[key] = asyncio.create_task(worker.work())
            task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def rest(self) -> None:
        """Return when nothing is left to do."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Stop working; what was begun stands still until somebody has it go on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Worker:
    """Works on one import, as a part of the workshop *name*."""

    def __init__(self, backend: Backend, name: str, key: int) -> None:
        self._backend = backend
        self._name = name
        self._key = key

    async def take_on(self) -> bool:
        """Return whether the import is worked on here from now on."""
        return await self._backend.write(_WORKER, imports.take_on, self._key, self._name)

    async def work(self) -> None:
        """Work for as long as there is work, also when another server that had begun lets go of it."""
        while await self._stage() in WORKING:
            if not await self.take_on():
                await asyncio.sleep(_SECONDS_TO_WAIT)
                continue
            signs = asyncio.create_task(self._give_signs())
            try:
                if not await self._lead():
                    return
            finally:
                signs.cancel()
                await self._backend.write(_WORKER, imports.let_go, self._key, self._name)

    async def _give_signs(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_SIGNS)
            await self.take_on()

    async def _stage(self) -> str | None:
        try:
            return (await self._backend.read(_WORKER, imports.get_import, self._key)).stage
        except NotFound:
            return None

    async def _lead(self) -> bool:
        """Lead the import on until somebody has to decide; return whether nothing came in between."""
        overtaken = 0
        while True:
            try:
                if not await self._take_step():
                    return True
                overtaken = 0
            except NotFound:
                return True
            except Conflict as error:
                # Somebody decided otherwise meanwhile, which the next look tells.
                overtaken += 1
                if overtaken == _ATTEMPTS:
                    return await self._tell(error.message)
            except InvalidInput as error:
                return await self._tell(error.message, ask_again=True)
            except DomainError as error:
                return await self._tell(error.message)
            except Exception:  # noqa: BLE001 - whatever it is, its trace goes to the log and a word to the person
                _log.exception("import_failed", key=self._key)
                return await self._tell("Something went wrong in the server; its log has the reason.")

    async def _take_step(self) -> bool:
        """Do a part of the work that the stage of the import asks for; return whether there was any."""
        found = await self._backend.read(_WORKER, imports.get_import, self._key)
        if found.stage not in WORKING:
            return False
        if found.stage == Stage.READING:
            await steps.read_rows(self._backend, _whose(found), self._key)
        else:
            begun = time.monotonic()
            await self._backend.write(_whose(found), _GROUPS[found.stage], self._key)
            # The line has the server for itself half of the time, and more of it the busier it is.
            await asyncio.sleep(time.monotonic() - begun)
        return True

    async def _tell(self, problem: str, *, ask_again: bool = False) -> bool:
        await self._backend.write(_WORKER, imports.tell_problem, self._key, problem, ask_again=ask_again)
        return False


def _whose(found: StoredImport) -> Principal:
    """Return whose work a stage is: it was begun by somebody who may, and the log names them, whoever has it go on."""
    names = {Stage.IMPORTING: found.imported_by, Stage.UNDOING: found.undone_by}
    return Principal(names.get(Stage(found.stage)) or found.uploaded_by, Role.MANAGER)
