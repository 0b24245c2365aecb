"""`AsyncAssetService` for programs without an event loop."""

from pywats.blocking import BlockingFace, blocking, blocking_context, blocking_iterator, plain
from pywats.domains.asset.async_service import AsyncAssetService


class AssetService(BlockingFace[AsyncAssetService]):
    """
    Everything about assets. Each method does what its namesake in `AsyncAssetService` does, and blocks meanwhile.

    Inside a running event loop each method returns an awaitable instead.
    """

    get_assets = blocking(AsyncAssetService.get_assets)
    iter_assets = blocking_iterator(AsyncAssetService.iter_assets)
    get_asset = blocking(AsyncAssetService.get_asset)
    get_asset_by_serial = blocking(AsyncAssetService.get_asset_by_serial)
    get_assets_by_serial = blocking(AsyncAssetService.get_assets_by_serial)
    create_asset = blocking(AsyncAssetService.create_asset)
    update_asset = blocking(AsyncAssetService.update_asset)
    update_assets = blocking(AsyncAssetService.update_assets)
    delete_asset = blocking(AsyncAssetService.delete_asset)

    get_status = blocking(AsyncAssetService.get_status)
    get_asset_state = blocking(AsyncAssetService.get_asset_state)
    set_asset_state = blocking(AsyncAssetService.set_asset_state)
    is_in_alarm = plain(AsyncAssetService.is_in_alarm)
    is_in_warning = plain(AsyncAssetService.is_in_warning)
    get_assets_in_alarm = blocking(AsyncAssetService.get_assets_in_alarm)
    get_assets_in_warning = blocking(AsyncAssetService.get_assets_in_warning)
    get_assets_by_alarm_state = blocking(AsyncAssetService.get_assets_by_alarm_state)

    check_ready = blocking(AsyncAssetService.check_ready)
    use = blocking_context(AsyncAssetService.use)

    increment_count = blocking(AsyncAssetService.increment_count)
    increment_counts = blocking(AsyncAssetService.increment_counts)
    reset_running_count = blocking(AsyncAssetService.reset_running_count)
    set_running_count = blocking(AsyncAssetService.set_running_count)
    set_total_count = blocking(AsyncAssetService.set_total_count)

    record_calibration = blocking(AsyncAssetService.record_calibration)
    record_maintenance = blocking(AsyncAssetService.record_maintenance)
    record_calibration_external = blocking(AsyncAssetService.record_calibration_external)
    record_maintenance_external = blocking(AsyncAssetService.record_maintenance_external)

    get_asset_log = blocking(AsyncAssetService.get_asset_log)
    add_log_message = blocking(AsyncAssetService.add_log_message)

    get_asset_types = blocking(AsyncAssetService.get_asset_types)
    create_asset_type = blocking(AsyncAssetService.create_asset_type)
    update_asset_type = blocking(AsyncAssetService.update_asset_type)
    delete_asset_types = blocking(AsyncAssetService.delete_asset_types)

    get_child_assets = blocking(AsyncAssetService.get_child_assets)
    get_tree_status = blocking(AsyncAssetService.get_tree_status)
    add_child_asset = blocking(AsyncAssetService.add_child_asset)
    set_parent = blocking(AsyncAssetService.set_parent)

    get_asset_tags = blocking(AsyncAssetService.get_asset_tags)
    set_asset_tags = blocking(AsyncAssetService.set_asset_tags)
    upload_file = blocking(AsyncAssetService.upload_file)
    download_file = blocking(AsyncAssetService.download_file)
    list_files = blocking(AsyncAssetService.list_files)
    delete_files = blocking(AsyncAssetService.delete_files)
