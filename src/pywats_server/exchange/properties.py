"""What a column can be: the properties of an asset and the words that people head them with."""

from collections.abc import Iterator
from enum import StrEnum


class Property(StrEnum):
    """What an import can set, by its wire name. `assetNumber`, `tag` and `ignore` are words of the mapping alone."""

    SERIAL_NUMBER = "serialNumber"
    ASSET_NUMBER = "assetNumber"
    """The number on the label: the asset's name where the list's name column names types, else a tag."""
    ASSET_NAME = "assetName"
    TYPE_NAME = "typeName"
    PART_NUMBER = "partNumber"
    REVISION = "revision"
    STATE = "state"
    DESCRIPTION = "description"
    LOCATION = "location"
    PARENT_SERIAL_NUMBER = "parentSerialNumber"
    FIRST_SEEN_DATE = "firstSeenDate"
    LAST_CALIBRATION_DATE = "lastCalibrationDate"
    NEXT_CALIBRATION_DATE = "nextCalibrationDate"
    CALIBRATION_INTERVAL = "calibrationInterval"
    LAST_MAINTENANCE_DATE = "lastMaintenanceDate"
    NEXT_MAINTENANCE_DATE = "nextMaintenanceDate"
    MAINTENANCE_INTERVAL = "maintenanceInterval"
    TOTAL_COUNT = "totalCount"
    RUNNING_COUNT = "runningCount"
    TOTAL_COUNT_LIMIT = "totalCountLimit"
    RUNNING_COUNT_LIMIT = "runningCountLimit"
    WARNING_THRESHOLD = "warningThreshold"
    ALARM_THRESHOLD = "alarmThreshold"
    TAG = "tag"
    IGNORE = "ignore"


DATES = frozenset(property for property in Property if property.endswith("Date"))
COUNTS = frozenset({Property.TOTAL_COUNT, Property.RUNNING_COUNT})
INTERVALS = frozenset({Property.CALIBRATION_INTERVAL, Property.MAINTENANCE_INTERVAL})
LIMITS = frozenset({Property.TOTAL_COUNT_LIMIT, Property.RUNNING_COUNT_LIMIT})
THRESHOLDS = frozenset({Property.WARNING_THRESHOLD, Property.ALARM_THRESHOLD})
DEMANDS = INTERVALS | LIMITS | THRESHOLDS
"""What an asset's type demands of all its assets."""

DUE = {
    Property.CALIBRATION_INTERVAL: (Property.LAST_CALIBRATION_DATE, Property.NEXT_CALIBRATION_DATE),
    Property.MAINTENANCE_INTERVAL: (Property.LAST_MAINTENANCE_DATE, Property.NEXT_MAINTENANCE_DATE),
}
"""Last and next date of each kind of work, by the interval between them."""

_UNITS = {**dict.fromkeys(INTERVALS, "days"), **dict.fromkeys(LIMITS, "uses"), **dict.fromkeys(THRESHOLDS, "%")}


def amount(demand: Property, number: float | None) -> str:
    """Return the *number* of a demand with its unit, for a person."""
    return "none" if number is None else f"{number:.15g} {_UNITS[demand]}"


MANUFACTURER_TAG = "manufacturer"
MODEL_TAG = "model"

SERVER_OWN = frozenset({"assetid", "typeid", "parentassetid", "clientid", "lastseendate", "assetchildren", "assetlog"})
"""Squeezed wire names that a list from a server may hold and that an import does not set."""

WORDS: dict[Property, str] = {
    Property.SERIAL_NUMBER: """
        serial, serial no, serial nr, serial num, serial number, serial id, serialnr, s/n, sn, sno, sernr, ser no,
        instrument serial, manufacturer serial number, Seriennummer, Seriennr, Serien-Nr, Fabriknummer, Fabriknr,
        serienummer, serienr
    """,
    Property.ASSET_NUMBER: """
        asset number, asset no, asset nr, asset num, asset tag, asset tag id, asset id number, id, id no, id number,
        equipment id, equipment no, equipment number, instrument id, instrument no, gage id, gauge id, gage no,
        device id, tag number, tag no, inventory number, inventory no, inventory id, asset code, equipment code,
        Inventarnummer, Inventarnr, Inventar-Nr, Anlagennummer, Prüfmittelnummer, Prüfmittel-Nr, Ident-Nr,
        Identnummer, Gerätenummer, Geräte-Nr, inventarnummer, utstyrsnummer, utstyrsnr, instrumentnummer, instrumentnr
    """,
    Property.ASSET_NAME: """
        name, asset name, item, item name, equipment, equipment name, instrument, instrument name, device, device
        name, title, Bezeichnung, Benennung, Gerät, Gerätename, Prüfmittel, navn, betegnelse, utstyr, utstyrsnavn,
        instrumentnavn
    """,
    Property.TYPE_NAME: """
        type, asset type, type name, category, asset category, equipment type, instrument type, device type,
        equipment category, asset class, equipment class, kind, Typ, Gerätetyp, Geräteart, Art, Kategorie,
        Prüfmittelart, kategori, utstyrstype, instrumenttype
    """,
    Property.PART_NUMBER: """
        part number, part no, part nr, part num, p/n, pn, Teilenummer, Teile-Nr, Artikelnummer, Artikel-Nr,
        Sachnummer, delenummer, delenr, artikkelnummer, varenummer
    """,
    Property.REVISION: "revision, rev, hardware revision, Revisionsstand, Änderungsstand, revisjon",
    Property.STATE: "state, status, asset status, asset state, equipment status, Zustand, tilstand",
    Property.DESCRIPTION: ("description, asset description, equipment description, details, Beschreibung, beskrivelse"),
    Property.LOCATION: """
        location, room, lab, laboratory, site, default location, storage location, station, Standort, Ort, Raum,
        Einsatzort, Lagerort, Labor, plassering, sted, lokasjon, rom
    """,
    Property.PARENT_SERIAL_NUMBER: """
        parent serial number, parent, parent serial, parent asset, part of, belongs to, Übergeordnet, gehört zu,
        overordnet, hører til
    """,
    Property.FIRST_SEEN_DATE: """
        first seen date, first seen, in service since, in service date, date in service, commissioned,
        Inbetriebnahme, in Betrieb seit, Inbetriebnahmedatum, i bruk fra, tatt i bruk
    """,
    Property.LAST_CALIBRATION_DATE: """
        last calibration date, last calibration, last calibrated, date calibrated, calibration date, calibrated,
        calibrated on, date of calibration, date of last calibration, cal date, last cal, last cal date, date last
        calibrated, letzte Kalibrierung, Kalibrierdatum, kalibriert am, zuletzt kalibriert, siste kalibrering, sist
        kalibrert, kalibreringsdato, kalibrert, kalibrert dato
    """,
    Property.NEXT_CALIBRATION_DATE: """
        next calibration date, next calibration, calibration due, calibration due date, cal due, cal due date, due
        date, due, date due, next cal, next cal date, next due, next due date, calibration expiry, calibration
        expires, recal date, valid until, calibration valid until, nächste Kalibrierung, nächstes Kalibrierdatum,
        Kalibrierung fällig, fällig am, fällig, gültig bis, neste kalibrering, neste kalibreringsdato, kalibreres
        innen, forfall, forfallsdato, gyldig til
    """,
    Property.CALIBRATION_INTERVAL: """
        calibration interval, calibration period, calibration cycle, calibration frequency, cal interval, cal
        period, cal cycle, cal frequency, interval, period, cycle, recalibration interval, Kalibrierintervall,
        Kalibrierzyklus, Intervall, Zyklus, kalibreringsintervall, kalibreringsfrekvens, intervall
    """,
    Property.LAST_MAINTENANCE_DATE: """
        last maintenance date, last maintenance, maintenance date, last service, last service date, service date,
        last serviced, last PM, letzte Wartung, Wartungsdatum, siste vedlikehold, siste service, vedlikeholdsdato
    """,
    Property.NEXT_MAINTENANCE_DATE: """
        next maintenance date, next maintenance, maintenance due, maintenance due date, next service, next service
        date, service due, service due date, next PM, PM due, nächste Wartung, Wartung fällig, neste vedlikehold,
        neste service
    """,
    Property.MAINTENANCE_INTERVAL: """
        maintenance interval, maintenance period, maintenance cycle, service interval, PM interval,
        Wartungsintervall, Wartungszyklus, vedlikeholdsintervall, serviceintervall
    """,
    Property.TOTAL_COUNT: "total count, total uses, total cycles, Gesamtzähler, totalt antall",
    Property.RUNNING_COUNT: ("running count, use count, usage count, cycle count, uses, Laufzähler, løpende antall"),
    Property.TOTAL_COUNT_LIMIT: "total count limit, max total count, maximum total count, life limit",
    Property.RUNNING_COUNT_LIMIT: "running count limit, max running count, maximum running count, use limit",
    Property.WARNING_THRESHOLD: "warning threshold",
    Property.ALARM_THRESHOLD: "alarm threshold",
}
"""What people head a column with, in English, German and Norwegian. Compared squeezed, as `squeeze` does."""

TAG_WORDS: dict[str, str] = {
    MANUFACTURER_TAG: """
        manufacturer, manufacturer name, brand, make, maker, vendor, vendor name, Hersteller, Fabrikat, Marke,
        produsent, fabrikant, merke
    """,
    MODEL_TAG: """
        model, model name, model no, model nr, model number, Modell, Modellnummer, Typbezeichnung, modellnummer,
        modellnr
    """,
}
"""Properties that an asset does not have of its own and that most lists do; they become tags of these keys."""

FILLERS = frozenset(
    {"the", "usual", "current", "actual", "present", "normal", "aktueller", "aktuell", "nåværende", "vanlig"}
)
"""Words before a header that do not change what it means."""

SPECIFIC = frozenset(
    {"serialnumber", "serialno", "seriennummer", "serienummer", "assetnumber", "manufacturer", "hersteller"}
)
"""Squeezed words that mean the same within a longer header. Others do not: a supplier's name is no asset's name."""

UNIT_WORDS: dict[str, str] = {
    "years": "years, year, yrs, yr, y, a, Jahre, Jahren, Jahr, år",
    "months": "months, month, mths, mth, mos, mo, m, Monate, Monaten, Monat, måneder, måned, mnd",
    "weeks": "weeks, week, wks, wk, w, Wochen, Woche, uker, uke",
    "days": "days, day, d, Tage, Tagen, Tag, dager, dag, døgn",
}


def words(listed: str) -> Iterator[str]:
    """Yield the entries of a list such as those above, squeezed."""
    return map(squeeze, listed.split(","))


def squeeze(text: str) -> str:
    """Return *text* as it is compared: letters and digits alone, case folded."""
    return "".join(filter(str.isalnum, text)).casefold()
