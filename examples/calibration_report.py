"""Prints what is overdue and what falls due within 30 days, most urgent first, one line an asset."""

from datetime import datetime, timedelta

from pywats import Asset, AssetState, F, pyWATS

SOON = timedelta(days=30)


def days_left(asset: Asset, now: datetime) -> int:
    """Return whole days until the next calibration, negative when it is overdue."""
    assert asset.next_calibration_date is not None
    return (asset.next_calibration_date - now).days


def main() -> None:
    """Print the report."""
    # The address and the token are in the environment, as PYWATS_BASE_URL and PYWATS_TOKEN.
    with pyWATS() as api:
        now = datetime.now()  # noqa: DTZ005 - the dates of the client are local time
        is_due = (F.next_calibration_date <= now + SOON) & (F.state != AssetState.SCRAPPED)
        due = api.asset.get_assets(is_due, orderby="nextCalibrationDate", top=10_000)
        print(f"{len(due)} assets are overdue or fall due within {SOON.days} days")
        for asset in due:
            print(f"{days_left(asset, now):>6} days  {asset.serial_number:<14} {asset.location}")


if __name__ == "__main__":
    main()
