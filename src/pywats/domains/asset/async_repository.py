"""
The asset endpoints of a server, one method each.

A method knows its path, its arguments' names on the wire, whether the call may be repeated, and the shape of the
answer. It checks nothing: that is the service's part.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pywats.domains.asset.enums import AssetState
from pywats.domains.asset.models import Asset, AssetCounts, AssetLog, AssetStatus, AssetType, AssetUse
from pywats.domains.asset.serials import is_path_safe, is_uuid
from pywats.errors import ConflictError, NotFoundError
from pywats.http.request import VERSION, Queued, Repeat, Response
from pywats.odata import compare
from pywats.shared.dates import wire_from_local
from pywats.shared.repository import Query, Repository, many, texts
from pywats.shared.setting import Setting

ASSETS = "/api/Asset"
TYPES = "/api/Asset/Types"
INTERNAL = "/api/internal/Asset"
TAGS = f"{INTERNAL}/{{name}}/Tags"
FILES = "/api/internal/Blob/Asset"

PRECONDITION_FAILED = 412

_FROM_SERVER_ONLY = {"asset_children", "asset_type", "asset_log", "alarm_state"}
_INITIAL_ONLY = {
    "first_seen_date",
    "last_seen_date",
    "last_maintenance_date",
    "next_maintenance_date",
    "last_calibration_date",
    "next_calibration_date",
    "total_count",
    "running_count",
}


class AsyncAssetRepository(Repository):
    """
    The asset endpoints as methods. Programs usually call `AsyncAssetService`, which checks arguments first.

    Every method raises the errors of `pywats.errors`. Where a method takes `asset_id` and `serial_number`, either names
    the asset, and both together must agree. Methods that report what happened return `Queued` when the sender keeps the
    report for later.
    """

    domain: ClassVar[str] = "asset"

    async def get_all(
        self,
        filter_str: str | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
    ) -> list[Asset]:
        """Assets that match the OData *filter_str*; at most 1000 unless *top* says otherwise."""
        query = _list_query(filter_str, orderby, top, skip)
        response = await self._call("get_all", "GET", ASSETS, query, repeat=Repeat.SAFE)
        return self._read("get_all", response, many(Asset))

    async def get_by_id(self, asset_id: str) -> Asset | None:
        """The asset with this id, with its type and tags; None when there is none."""
        # No server makes ids that look like its own routes; asking for one would reach another endpoint.
        if not (is_uuid(asset_id) or is_path_safe(asset_id)):
            return None
        return await self._get("get_by_id", asset_id)

    async def get_by_serial_number(self, serial_number: str) -> Asset | None:
        """The asset with exactly this serial number, with its type and tags; None when there is none."""
        if is_path_safe(serial_number):
            asset = await self._get("get_by_serial_number", serial_number)
            if asset is None or asset.serial_number == serial_number:
                return asset
        return await self._find(serial_number)

    async def save(self, asset: Asset, *, create_only: bool = False, if_match: str = "*") -> Asset:
        """
        The asset as stored.

        An update sends the fields that changed since *asset* was loaded, or that were set when it was made by hand.
        Counters and dates have calls of their own and travel only when the asset is created.

        Args:
            create_only: Refuse an asset that exists. Otherwise one that does not exist is refused.
            if_match: The version that an update expects; `*` means any.

        Raises:
            ConflictError: It exists, or has another version.
            NotFoundError: It does not exist.
        """
        response = await (self._create(asset) if create_only else self._update(asset, if_match))
        return self._read("save", response, _versioned_asset(response))

    async def delete(self, asset_id: str | None = None, serial_number: str | None = None) -> bool:
        """True once the asset is deleted. Its children move to its parent."""
        # A repeat after a lost answer would report that nothing is there.
        await self._call("delete", "DELETE", ASSETS, _names(asset_id, serial_number), repeat=Repeat.KEYED)
        return True

    async def get_status(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        translate: bool = True,
        culture_code: str | None = None,
    ) -> AssetStatus | None:
        """What the rules make of the asset now; None when there is no such asset."""
        query = [*_names(asset_id, serial_number), ("translate", translate), ("cultureCode", culture_code)]
        try:
            response = await self._call("get_status", "GET", f"{ASSETS}/Status", query, repeat=Repeat.SAFE)
        except NotFoundError:
            return None
        return self._read("get_status", response, AssetStatus.loaded)

    async def set_state(
        self, state: AssetState | int, asset_id: str | None = None, serial_number: str | None = None
    ) -> bool:
        """True once the asset is in this state."""
        query = [*_names(asset_id, serial_number), ("state", int(state))]
        await self._call("set_state", "PUT", f"{ASSETS}/State", query, repeat=Repeat.SAFE)
        return True

    async def update_count(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        total_count: int | None = None,
        increment_by: int | None = None,
        increment_children: bool = False,
    ) -> bool | Queued:
        """True once the uses are counted: *increment_by* more, or as many as lead to *total_count*."""
        query = [
            *_names(asset_id, serial_number),
            ("incrementBy", increment_by),
            ("totalCount", total_count),
            ("incrementChildren", increment_children),
        ]
        repeat = Repeat.KEYED if total_count is None else Repeat.SAFE
        return await self._report("update_count", "PUT", f"{ASSETS}/Count", query, repeat=repeat)

    async def update_counts(self, uses: Sequence[AssetUse]) -> list[AssetCounts] | Queued:
        """The assets after their rows, once the uses of all rows are counted; on an error none are."""
        content = [use.to_wire(use.model_fields_set) for use in uses]
        response = await self._call(
            "update_counts", "POST", f"{ASSETS}/Counts", repeat=Repeat.KEYED, queueable=True, content=content
        )
        return response.queued or self._read("update_counts", response, many(AssetCounts))

    async def reset_running_count(
        self, asset_id: str | None = None, serial_number: str | None = None, comment: str | None = None
    ) -> bool:
        """True once the running count is 0, with an entry in the log."""
        query = [*_names(asset_id, serial_number), ("comment", comment)]
        await self._call("reset_running_count", "POST", f"{ASSETS}/ResetRunningCount", query, repeat=Repeat.KEYED)
        return True

    async def set_running_count(
        self, value: int, asset_id: str | None = None, serial_number: str | None = None
    ) -> bool:
        """True once the running count is exactly *value*."""
        query = [*_names(asset_id, serial_number), ("runningCount", value)]
        await self._call("set_running_count", "PUT", f"{ASSETS}/SetRunningCount", query, repeat=Repeat.SAFE)
        return True

    async def set_total_count(self, value: int, asset_id: str | None = None, serial_number: str | None = None) -> bool:
        """True once the total count is exactly *value*."""
        query = [*_names(asset_id, serial_number), ("totalCount", value)]
        await self._call("set_total_count", "PUT", f"{ASSETS}/SetTotalCount", query, repeat=Repeat.SAFE)
        return True

    async def post_calibration(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        date_time: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the calibration is recorded; its date is the server's now unless told."""
        return await self._post_work("post_calibration", "Calibration", asset_id, serial_number, date_time, comment)

    async def post_maintenance(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        date_time: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the maintenance is recorded; its date is the server's now unless told."""
        return await self._post_work("post_maintenance", "Maintenance", asset_id, serial_number, date_time, comment)

    async def post_calibration_external(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        from_date: datetime | None = None,
        to_date: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the calibration is recorded with its own due date."""
        names = _names(asset_id, serial_number)
        return await self._post_external("post_calibration_external", "Calibration", names, from_date, to_date, comment)

    async def post_maintenance_external(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        from_date: datetime | None = None,
        to_date: datetime | None = None,
        comment: str | None = None,
    ) -> bool | Queued:
        """True once the maintenance is recorded with its own due date."""
        names = _names(asset_id, serial_number)
        return await self._post_external("post_maintenance_external", "Maintenance", names, from_date, to_date, comment)

    async def get_log(
        self,
        filter_str: str | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
    ) -> list[AssetLog]:
        """Log entries that match the OData *filter_str*, newest first unless *orderby* says otherwise."""
        query = _list_query(filter_str, orderby, top, skip)
        response = await self._call("get_log", "GET", f"{ASSETS}/Log", query, repeat=Repeat.SAFE)
        return self._read("get_log", response, many(AssetLog))

    async def post_message(
        self, asset_id: str | None, message: str, user: str | None = None, serial_number: str | None = None
    ) -> bool | Queued:
        """True once *message* stands in the log. The *user* who says so can only be told beside an *asset_id*."""
        path = f"{ASSETS}/Message"
        query: Query = _names(asset_id, serial_number) if user is None else ()
        content = {"content": message} if user is None else {"assetId": asset_id, "comment": message, "user": user}
        return await self._report("post_message", "POST", path, query, repeat=Repeat.KEYED, content=content)

    async def get_types(
        self,
        filter_str: str | None = None,
        orderby: str | None = None,
        top: int | None = None,
        skip: int | None = None,
    ) -> list[AssetType]:
        """Asset types that match the OData *filter_str*, by name unless *orderby* says otherwise."""
        query = _list_query(filter_str, orderby, top, skip)
        response = await self._call("get_types", "GET", TYPES, query, repeat=Repeat.SAFE)
        return self._read("get_types", response, many(AssetType))

    async def save_type(self, asset_type: AssetType) -> AssetType:
        """The type as stored: updated by its id, else by its name, else created. Sends what changed, or was set."""
        fields = asset_type.changed_fields() | {"type_name"} | _if_told(asset_type.type_id, "type_id")
        content = asset_type.to_wire(fields)
        response = await self._call("save_type", "PUT", TYPES, repeat=Repeat.SAFE, content=content)
        return self._read("save_type", response, AssetType.loaded)

    async def delete_types(self, type_ids: Sequence[str]) -> bool:
        """True once the types are deleted."""
        path = f"{INTERNAL}/Types"
        await self._call("delete_types", "DELETE", path, repeat=Repeat.KEYED, content=list(type_ids))
        return True

    async def get_sub_assets(
        self, parent_id: str | None = None, parent_serial: str | None = None, level: int | None = None
    ) -> list[Asset]:
        """Descendants of an asset down to *level*, 1 being its direct children; None or 0 gets all."""
        query = [*_names(parent_id, parent_serial), ("level", level)]
        response = await self._call("get_sub_assets", "GET", f"{ASSETS}/SubAssets", query, repeat=Repeat.SAFE)
        return self._read("get_sub_assets", response, many(Asset))

    async def get_tree_status(
        self,
        asset_id: str | None = None,
        serial_number: str | None = None,
        level: int | None = None,
        translate: bool = True,
        culture_code: str | None = None,
    ) -> list[AssetStatus]:
        """What the rules make of an asset and its descendants down to *level*, nearest first; None or 0 gets all."""
        query = [
            *_names(asset_id, serial_number),
            ("level", level),
            ("translate", translate),
            ("cultureCode", culture_code),
        ]
        response = await self._call("get_tree_status", "GET", f"{INTERNAL}/Statuses", query, repeat=Repeat.SAFE)
        return self._read("get_tree_status", response, many(AssetStatus))

    async def check_readiness(
        self,
        asset_ids: Sequence[str],
        serial_numbers: Sequence[str],
        include_children: bool = False,
        culture_code: str | None = None,
        *,
        patient: bool = True,
    ) -> list[AssetStatus]:
        """
        What the rules make of these assets, perhaps with all that is mounted in them, by one call.

        Those that do not exist come last, with the status 1. Only `pywats-server` knows this call. A call that is not
        *patient* fails at once while the server is away.
        """
        names = [{"assetId": asset_id} for asset_id in asset_ids]
        names += [{"serialNumber": serial_number} for serial_number in serial_numbers]
        content = {"assets": names, "includeChildren": include_children, "cultureCode": culture_code}
        path = f"{INTERNAL}/Readiness"
        response = await self._call(
            "check_readiness", "POST", path, repeat=Repeat.SAFE, asks=True, patient=patient, content=content
        )
        return self._read("check_readiness", response, many(AssetStatus))

    async def set_parent(self, asset_ids: Sequence[str], parent_id: str | None) -> bool:
        """True once the assets are mounted in this parent, or in none."""
        query = [("parentId", parent_id)]
        path = f"{INTERNAL}/Parent"
        await self._call("set_parent", "PUT", path, query, repeat=Repeat.SAFE, content=list(asset_ids))
        return True

    async def get_tags(self, asset_id: str) -> list[Setting]:
        """The tags of an asset."""
        response = await self._call("get_tags", "GET", TAGS, repeat=Repeat.SAFE, name=asset_id)
        return self._read("get_tags", response, many(Setting))

    async def set_tags(self, tags: Sequence[Setting], asset_id: str) -> bool:
        """True once these are the tags of the asset, and no others."""
        content = [{"key": tag.key, "value": tag.value} for tag in tags]
        await self._call("set_tags", "PUT", TAGS, repeat=Repeat.SAFE, name=asset_id, content=content)
        return True

    async def upload_file(self, asset_id: str, filename: str, content: bytes) -> bool:
        """True once the file is attached."""
        headers = {"Content-Type": "application/octet-stream"}
        query = [("assetId", asset_id), ("filename", filename)]
        # The same file again changes nothing.
        await self._call("upload_file", "POST", FILES, query, repeat=Repeat.SAFE, body=content, headers=headers)
        return True

    async def download_file(self, asset_id: str, filename: str) -> bytes | None:
        """The bytes of an attached file; None when there is no such file."""
        query = [("assetId", asset_id), ("filename", filename)]
        headers = {"Accept": "*/*"}
        try:
            response = await self._call("download_file", "GET", FILES, query, repeat=Repeat.SAFE, headers=headers)
        except NotFoundError:
            return None
        return response.body

    async def list_files(self, asset_id: str) -> list[str]:
        """Names of the attached files."""
        path = f"{FILES}/List/{{name}}"
        response = await self._call("list_files", "GET", path, repeat=Repeat.SAFE, name=asset_id)
        return self._read("list_files", response, texts)

    async def delete_files(self, asset_id: str, filenames: Sequence[str]) -> bool:
        """True once the files are detached."""
        path, query = f"{FILES}s", [("assetId", asset_id)]
        await self._call("delete_files", "DELETE", path, query, repeat=Repeat.KEYED, content=list(filenames))
        return True

    async def get_version(self) -> str:
        """The version of the server."""
        response = await self._call("get_version", VERSION.method, VERSION.url, repeat=VERSION.repeat)
        # Servers answer it as JSON or as plain text.
        return response.body.decode(errors="replace").strip().strip('"')

    async def _get(self, operation: str, name: str) -> Asset | None:
        try:
            response = await self._call(operation, "GET", f"{ASSETS}/{{name}}", repeat=Repeat.SAFE, name=name)
        except NotFoundError:
            return None
        return self._read(operation, response, lambda data: data and _versioned_asset(response)(data))

    async def _find(self, serial_number: str) -> Asset | None:
        found = await self.get_all(filter_str=compare("serialNumber", "eq", serial_number))
        # A server that compares without regard to case may find several.
        exact = next((asset for asset in found if asset.serial_number == serial_number), None)
        return await self._get("get_by_serial_number", exact.asset_id) if exact and exact.asset_id else exact

    async def _create(self, asset: Asset) -> Response:
        content = asset.to_wire(asset.model_fields_set - _FROM_SERVER_ONLY)
        # A repeat after a lost answer would meet the asset that the first attempt created.
        return await self._call(
            "save", "PUT", ASSETS, repeat=Repeat.KEYED, content=content, headers={"If-None-Match": "*"}
        )

    async def _update(self, asset: Asset, if_match: str) -> Response:
        changed = asset.changed_fields() - _FROM_SERVER_ONLY - _INITIAL_ONLY
        fields = changed | {"serial_number", "type_id"} | _if_told(asset.asset_id, "asset_id")
        # A repeat after a lost answer would meet the new version that the first attempt made.
        repeat = Repeat.SAFE if if_match == "*" else Repeat.KEYED
        headers = {"If-Match": if_match}
        try:
            return await self._call(
                "save", "PUT", ASSETS, repeat=repeat, content=asset.to_wire(fields), headers=headers
            )
        except ConflictError as error:
            if if_match == "*" and error.status_code == PRECONDITION_FAILED:
                raise _missing(asset, error) from error
            raise

    async def _post_work(
        self,
        operation: str,
        work: str,
        asset_id: str | None,
        serial_number: str | None,
        date_time: datetime | None,
        comment: str | None,
    ) -> bool | Queued:
        query = [*_names(asset_id, serial_number), ("dateTime", _date(date_time)), ("comment", comment)]
        # The same date again changes nothing; without a date each call is another event.
        repeat = Repeat.KEYED if date_time is None else Repeat.SAFE
        dated_by = "dateTime" if date_time is None else None
        return await self._report(operation, "POST", f"{ASSETS}/{work}", query, repeat=repeat, dated_by=dated_by)

    async def _post_external(
        self,
        operation: str,
        work: str,
        names: Query,
        from_date: datetime | None,
        to_date: datetime | None,
        comment: str | None,
    ) -> bool | Queued:
        query = [*names, ("fromDate", _date(from_date)), ("toDate", _date(to_date)), ("comment", comment)]
        path, dated_by = f"{ASSETS}/{work}/External", "fromDate" if from_date is None else None
        return await self._report(operation, "POST", path, query, repeat=Repeat.KEYED, dated_by=dated_by)


def _names(asset_id: str | None, serial_number: str | None) -> list[tuple[str, str | int | bool | None]]:
    return [("id", asset_id), ("serialNumber", serial_number)]


def _list_query(
    filter_str: str | None, orderby: str | None, top: int | None, skip: int | None
) -> list[tuple[str, str | int | bool | None]]:
    return [("$filter", filter_str), ("$orderby", orderby), ("$top", top), ("$skip", skip)]


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else wire_from_local(moment)


def _if_told(value: object, field: str) -> set[str]:
    return set() if value is None else {field}


def _versioned_asset(response: Response) -> Callable[[Any], Asset]:
    return lambda data: Asset.loaded(data, response.headers.get("etag"))


def _missing(asset: Asset, error: ConflictError) -> NotFoundError:
    return NotFoundError(
        f"There is no asset {asset.serial_number!r} to update",
        status_code=error.status_code,
        request_id=error.request_id,
        operation=error.operation,
    )
