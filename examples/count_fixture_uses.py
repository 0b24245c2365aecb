"""
A test program that refuses a worn-out fixture, and counts each use.

Testing goes on while the server is out of reach: uses that were surely not counted are counted with the next one.
"""

from pywats import AssetAlarmState, ConnectionError, TimeoutError, pyWATS

FIXTURE = "FIXTURE-001"


def may_be_used(api: pyWATS, serial_number: str) -> bool:
    """Tell whether the fixture is in order; an alarm is printed with its reason."""
    status = api.asset.get_status(serial_number=serial_number)
    if status is None or status.alarm_state < AssetAlarmState.ALARM:
        return True
    print(status.message)
    return False


class Uses:
    """Counts the uses of one fixture."""

    def __init__(self, api: pyWATS, serial_number: str) -> None:
        self._api = api
        self._serial_number = serial_number
        self._waiting = 0

    def add(self) -> None:
        """Count one more use, and those that wait."""
        self._waiting += 1
        try:
            self._api.asset.increment_count(serial_number=self._serial_number, amount=self._waiting)
        except (ConnectionError, TimeoutError) as error:
            if not error.may_have_arrived:
                return
        self._waiting = 0


def main() -> None:
    """Test three units."""
    with pyWATS() as api:
        uses = Uses(api, FIXTURE)
        for unit in ("A-1001", "A-1002", "A-1003"):
            if not may_be_used(api, FIXTURE):
                return
            print("testing", unit)
            uses.add()


if __name__ == "__main__":
    main()
