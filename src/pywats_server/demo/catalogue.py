"""The facts of the demo factory as tables: asset types, what is bought of them, places, people and what they write."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from pywats.domains.asset.enums import AssetState, IntervalMode
from pywats_server.services.drafts import TypeDraft
from pywats_server.services.session import Principal, Role

_NAMESPACE = uuid5(NAMESPACE_URL, "pywats-server demo factory")


def id_of(name: str) -> str:
    """Return the id of the demo's asset or type of this name; always the same one."""
    return str(uuid5(_NAMESPACE, name))


@dataclass(frozen=True, slots=True)
class Model:
    """Something that a manufacturer sells."""

    manufacturer: str
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    A kind of equipment: its asset type, and how the factory numbers, buys, uses and calibrates it.

    Attributes:
        prefix: What its serial numbers start with.
        numbered_from: The first number.
        uses_per_day: Typical, over all days of the week; 0 is not counted.
        calibrated_every_days: How often the factory has it calibrated; None is never.
        sent_out: Share that is calibrated by a laboratory outside, 0 to 1.
    """

    type: TypeDraft
    prefix: str
    numbered_from: int = 1
    models: tuple[Model, ...]
    uses_per_day: float = 0
    calibrated_every_days: float | None = None
    sent_out: float = 0

    @property
    def name(self) -> str:
        """The name of the asset type."""
        return self.type.type_name


STATION = Kind(
    type=TypeDraft(
        type_id=id_of("Test Station"),
        type_name="Test Station",
        maintenance_interval_days=180,
        warning_threshold_percent=80,
        alarm_threshold_percent=95,
        icon="station",
    ),
    prefix="STN",
    models=(
        Model("Keysight", "i3070", "In-circuit test system"),
        Model("NI", "PXIe-1092", "PXI chassis with controller and switch cards"),
    ),
    uses_per_day=160,
)
ICT_FIXTURE = Kind(
    type=TypeDraft(
        type_id=id_of("ICT Fixture"),
        type_name="ICT Fixture",
        maintenance_interval_days=90,
        running_count_limit=10_000,
        total_count_limit=200_000,
        warning_threshold_percent=75,
        alarm_threshold_percent=90,
        icon="fixture",
    ),
    prefix="FIXTURE",
    models=(
        Model("Ingun", "FIX-PCB-2000", "PCB test fixture"),
        Model("Equip-test", "FIX-PCB-2400", "PCB test fixture, double-sided"),
    ),
    uses_per_day=80,
)
FUNCTIONAL_FIXTURE = Kind(
    type=TypeDraft(
        type_id=id_of("Functional Test Fixture"),
        type_name="Functional Test Fixture",
        maintenance_interval_days=120,
        running_count_limit=5_000,
        total_count_limit=60_000,
        warning_threshold_percent=75,
        alarm_threshold_percent=90,
        icon="fixture",
    ),
    prefix="FIXTURE",
    numbered_from=100,
    models=(
        Model("Ingun", "FIX-FCT-310", "Functional test fixture with pneumatic lid"),
        Model("In-house", "FIX-FCT-12", "Functional test fixture, built in the workshop"),
    ),
    uses_per_day=30,
)
# With the numbers of the client's documented example, so that running the example on the demo changes nothing.
MULTIMETER = Kind(
    type=TypeDraft(
        type_id=id_of("Digital Multimeter"),
        type_name="Digital Multimeter",
        calibration_interval_days=365,
        maintenance_interval_days=180,
        running_count_limit=10_000,
        total_count_limit=100_000,
        warning_threshold_percent=80,
        alarm_threshold_percent=90,
        icon="measurement_device",
    ),
    prefix="DMM",
    models=(
        Model("Keysight", "34465A", "Digital multimeter, 6½ digits"),
        Model("Fluke", "8846A", "Digital multimeter, 6½ digits"),
        Model("Keithley", "DMM6500", "Digital multimeter, 6½ digits, with scanner card"),
    ),
    uses_per_day=40,
    calibrated_every_days=365,
    sent_out=0.2,
)
OSCILLOSCOPE = Kind(
    type=TypeDraft(
        type_id="12345678-1234-1234-1234-123456789012",
        type_name="Oscilloscope",
        calibration_interval_days=365,
        warning_threshold_percent=75,
        alarm_threshold_percent=90,
        icon="measurement_device",
    ),
    prefix="SCOPE",
    models=(
        Model("Tektronix", "MSO64", "Mixed signal oscilloscope"),
        Model("Rohde & Schwarz", "RTM3004", "Oscilloscope, 4 channels"),
    ),
    calibrated_every_days=365,
    sent_out=0.5,
)
POWER_SUPPLY = Kind(
    type=TypeDraft(
        type_id=id_of("Power Supply"),
        type_name="Power Supply",
        calibration_interval_days=730,
        warning_threshold_percent=80,
        alarm_threshold_percent=95,
        icon="power_supply",
    ),
    prefix="PSU",
    models=(
        Model("Keysight", "E36312A", "Triple output power supply, 80 W"),
        Model("Delta Elektronika", "SM 70-AR-24", "Power supply, 1500 W"),
    ),
    calibrated_every_days=730,
)
SPECTRUM_ANALYZER = Kind(
    type=TypeDraft(
        type_id=id_of("Spectrum Analyzer"),
        type_name="Spectrum Analyzer",
        calibration_interval_days=IntervalMode.EXTERNAL,
        warning_threshold_percent=80,
        alarm_threshold_percent=90,
        icon="measurement_device",
    ),
    prefix="SA",
    models=(Model("Rohde & Schwarz", "FSV3007", "Signal and spectrum analyzer, 7.5 GHz"),),
    calibrated_every_days=365,
    sent_out=1,
)
PROBE_SET = Kind(
    type=TypeDraft(
        type_id=id_of("Probe Set"),
        type_name="Probe Set",
        running_count_limit=20_000,
        total_count_limit=150_000,
        warning_threshold_percent=80,
        alarm_threshold_percent=95,
        icon="probe",
    ),
    prefix="PROBE",
    models=(
        Model("Ingun", "GKS-100", "Spring probes, 100 mil"),
        Model("Feinmetall", "F100", "Spring probes, 100 mil, serrated tips"),
    ),
    uses_per_day=80,
)
RF_CABLE = Kind(
    type=TypeDraft(
        type_id=id_of("RF Cable"),
        type_name="RF Cable",
        calibration_interval_days=180,
        running_count_limit=1_000,
        total_count_limit=12_000,
        warning_threshold_percent=75,
        alarm_threshold_percent=90,
        icon="cable",
    ),
    prefix="CABLE",
    models=(
        Model("Huber+Suhner", "SUCOFLEX 104", "RF cable, SMA, 1 m"),
        Model("Rosenberger", "LU7-150", "RF cable, N to SMA, 1.5 m"),
    ),
    uses_per_day=6,
    calibrated_every_days=180,
)
ADAPTER = Kind(
    type=TypeDraft(
        type_id=id_of("Connector Adapter"),
        type_name="Connector Adapter",
        calibration_interval_days=IntervalMode.UNLIMITED,
        total_count_limit=20_000,
        warning_threshold_percent=80,
        alarm_threshold_percent=90,
        icon="adapter",
    ),
    prefix="ADAPTER",
    models=(
        Model("Harting", "D-SUB 25 saver", "Connector saver, 25 pins"),
        Model("Phoenix Contact", "M12-8 adapter", "Adapter, M12, 8 pins"),
    ),
    uses_per_day=10,
)
KINDS = (
    STATION,
    ICT_FIXTURE,
    FUNCTIONAL_FIXTURE,
    MULTIMETER,
    OSCILLOSCOPE,
    POWER_SUPPLY,
    SPECTRUM_ANALYZER,
    PROBE_SET,
    RF_CABLE,
    ADAPTER,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below something: how many of a kind, and what stands below each of these."""

    kind: Kind
    count: int = 1
    below: tuple["Part", ...] = ()


ICT_PARTS: tuple[Part, ...] = (Part(ICT_FIXTURE, 2, (Part(PROBE_SET, 2),)), Part(MULTIMETER), Part(POWER_SUPPLY))
FUNCTIONAL_PARTS: tuple[Part, ...] = (
    Part(FUNCTIONAL_FIXTURE, 2, (Part(PROBE_SET), Part(ADAPTER))),
    Part(MULTIMETER),
    Part(OSCILLOSCOPE, 1, (Part(RF_CABLE),)),
    Part(POWER_SUPPLY),
)
RADIO_PARTS: tuple[Part, ...] = (*FUNCTIONAL_PARTS, Part(SPECTRUM_ANALYZER, 1, (Part(RF_CABLE, 2),)))
BENCH_PARTS = (
    Part(MULTIMETER, 2),
    Part(OSCILLOSCOPE, 2),
    Part(POWER_SUPPLY),
    Part(SPECTRUM_ANALYZER, 1, (Part(RF_CABLE, 2), Part(ADAPTER))),
)
SPARE_PARTS = (Part(MULTIMETER, 4), Part(OSCILLOSCOPE, 2), Part(RF_CABLE, 6), Part(ADAPTER, 6))


@dataclass(frozen=True, slots=True)
class Place:
    """
    A station of a line, or a bench of a laboratory.

    Attributes:
        token: Name of the token that its terminal works with.
        opened_days_ago: None is before the asset manager was introduced.
    """

    serial_number: str
    name: str
    location: str
    owner: str
    token: str
    parts: tuple[Part, ...]
    opened_days_ago: float | None = None


def _bench(lab: str, number: int) -> Place:
    name = f"Lab {lab} bench {number}"
    return Place(f"BENCH-{lab}{number}", name, f"Lab {lab}", "R&D", f"bench-{number}", BENCH_PARTS)


_TESTS = {
    1: ("ICT", ICT_PARTS),
    2: ("Functional test", FUNCTIONAL_PARTS),
    3: ("ICT", ICT_PARTS),
    4: ("Functional test", FUNCTIONAL_PARTS),
    5: ("ICT", ICT_PARTS),
    6: ("Radio test", RADIO_PARTS),
}
"""What is done at the stations of every line, by their number, and with what."""


def _station(line: int, number: int, opened_days_ago: float | None = None) -> Place:
    what, parts = _TESTS[number]
    return Place(
        serial_number=f"L{line}-ST{number}",
        name=f"{what}, line {line}",
        location=f"Line {line} - Station {number}",
        owner="Production test",
        token=f"line-{line}",
        parts=parts,
        opened_days_ago=opened_days_ago,
    )


# Serial numbers are given in this order; it makes DMM-001 stand in Lab A and FIXTURE-001 at station 5 of line 3.
PLACES = (
    _bench("A", 1),
    _bench("A", 2),
    _bench("B", 3),
    *(_station(3, number) for number in (5, 6, 1, 2, 3, 4)),
    *(_station(1, number) for number in range(1, 7)),
    *(_station(2, number) for number in range(1, 7)),
    *(_station(4, number, opened_days_ago=500) for number in range(1, 7)),
)
STORAGE = "Storage"
SPARES_BOUGHT_DAYS_AGO = 45


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What became of some assets: the state in which they are today, since a number of days drawn from a range.

    Attributes:
        because: What was written when it happened.
        calibration_used: Range of the share of the calibration period that had passed, where that is the reason.
    """

    state: AssetState
    kinds: tuple[Kind, ...]
    count: int
    days: tuple[float, float]
    because: str
    calibration_used: tuple[float, float] | None = None


FATES = (
    Fate(AssetState.SCRAPPED, (PROBE_SET, RF_CABLE, ADAPTER), 9, (40, 600), "Worn out, scrapped."),
    Fate(AssetState.SCRAPPED, (MULTIMETER,), 1, (40, 600), "Damaged by overvoltage, repair would cost too much."),
    Fate(AssetState.IN_STORAGE, (ADAPTER, POWER_SUPPLY, MULTIMETER), 8, (30, 300), "Not needed since the line change."),
    Fate(AssetState.IN_CALIBRATION, (MULTIMETER, POWER_SUPPLY), 5, (2, 7), "Handed in for calibration.", (0.9, 0.99)),
    Fate(AssetState.IN_TRANSIT, (MULTIMETER, OSCILLOSCOPE), 4, (1, 4), "Shipped to the laboratory.", (0.96, 1.02)),
    Fate(AssetState.IN_MAINTENANCE, (ICT_FIXTURE, FUNCTIONAL_FIXTURE), 5, (1, 6), "Pulled for repair: intermittent."),
)
RELOCATED_KINDS = (MULTIMETER, POWER_SUPPLY)
RELOCATIONS = 12

WEAR = ((0.86, 0.03, 0.72), (0.93, 0.81, 0.87), (0.965, 0.96, 0.99), (1.0, 1.06, 1.2))
"""How far assets have come towards a limit or due date: up to which share of them, from how far, to how far."""

WELL_KNOWN = frozenset({"DMM-001", "SCOPE-001", "FIXTURE-001", "FIXTURE-100"})
"""Assets that people try things out on: nothing has happened to them that would get in the way."""

QUALITY = Principal("quality", Role.MANAGER)
METROLOGY = Principal("metrology", Role.MANAGER)
WORKSHOP = Principal("workshop", Role.OPERATOR)
PEOPLE = ("Ingrid Moe", "Tomasz Nowak", "Lin Wei", "Sara Lindqvist", "Jonas Weber", "Amina Haddad")
LABORATORIES = ("Fjord Metrology AS", "Kalibra GmbH")

IN_HOUSE_CALIBRATION = (
    "Calibrated in house, all points within limits",
    "Annual calibration performed",
    "Calibrated in house; two points adjusted, as left within limits",
    "Verified against the transfer standard, no adjustment",
)
UPKEEP = (
    "Cleaned and inspected",
    "Replaced worn contacts",
    "Fans and filters cleaned, self-test passed",
    "Preventive maintenance by checklist",
    "Vacuum seal replaced, alignment checked",
)
RENEWAL = ("Contacts renewed, qualified again", "Cleaned, resistance measured: in order", "Worn tips replaced")
NOTES = (
    "Contact problems on two test points; cleaned, watching it.",
    "Firmware updated to the current release.",
    "Used for the customer audit, returned to its place.",
    "Retest rate went up this week; cable reseated.",
    "Label was unreadable, printed a new one.",
    "Second shift reports a noisy fan.",
    "Checked after power failure: self-test passed.",
)
