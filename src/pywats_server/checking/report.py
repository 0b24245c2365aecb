"""What a check has found, gathered, and told as text or as JSON."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field

from pywats_server.checking.finding import Finding, Invariant

_SHOWN = 1000


@dataclass(slots=True)
class Report:
    """
    What a check has found.

    Attributes:
        rows: How many rows were looked at, by table.
        findings: The first thousand.
        counted: How many findings there are, by invariant.
        mendable: Keys of the assets that a repair can mend.
    """

    rows: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    counted: Counter[Invariant] = field(default_factory=Counter)
    mendable: set[int] = field(default_factory=set)

    @property
    def faults(self) -> int:
        """How many findings there are."""
        return self.counted.total()

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        self.counted[finding.invariant] += 1
        if len(self.findings) < _SHOWN:
            self.findings.append(finding)
        if finding.mendable is not None:
            self.mendable.add(finding.mendable)


def as_text(report: Report, mended: int) -> str:
    """Return a line for each finding, then what was looked at and how it stands; *mended* assets were mended before."""
    looked_at = ", ".join(f"{rows} {table}" for table, rows in report.rows.items() if rows)
    lines = [
        *map(_line, report.findings),
        f"... and {report.faults - len(report.findings)} more" if report.faults > len(report.findings) else "",
        f"Mended {mended} assets." if mended else "",
        f"Looked at {looked_at}." if looked_at else "",
        f"{report.faults} faults." if report.faults else "All is in order.",
        f"{len(report.mendable)} assets can be mended with --repair." if report.mendable else "",
    ]
    return "\n".join(line for line in lines if line)


def _line(finding: Finding) -> str:
    mending = "" if finding.mendable is None else " (can be mended)"
    return f"{finding.invariant}: {finding.subject}: {finding.stands}; should be {finding.should}{mending}"


def as_json(report: Report, mended: int) -> str:
    """Return the same as a JSON object."""
    told = {
        "isInOrder": not report.faults,
        "faults": report.faults,
        "faultsByInvariant": report.counted,
        "findings": [asdict(finding) | {"mendable": finding.mendable is not None} for finding in report.findings],
        "mendableAssets": len(report.mendable),
        "mendedAssets": mended,
        "rows": report.rows,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
