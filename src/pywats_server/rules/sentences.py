"""
The sentences about an asset's status, one table a language.

Placeholders: `{time}` is one of the `time.` texts, `{date}` a date such as 2026-11-10, the others are whole numbers.
The `time.` texts stand in the grammatical case that the sentences of their language ask for.
"""

from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    """The languages that the server speaks, by their culture codes."""

    ENGLISH = "en"
    NORWEGIAN = "nb-NO"
    GERMAN = "de"
    CHINESE = "zh-CN"


_ENGLISH = {
    "ok": "Everything is in order.",
    "between.sentences": " ",
    "calibration.overdue": "Calibration is {time} overdue (due {date}).",
    "calibration.left": "Calibration is due in {time} ({date}).",
    "calibration.never.overdue": "Never calibrated; {time} overdue (due {date}).",
    "calibration.never.left": "Never calibrated; due in {time} ({date}).",
    "maintenance.overdue": "Maintenance is {time} overdue (due {date}).",
    "maintenance.left": "Maintenance is due in {time} ({date}).",
    "maintenance.never.overdue": "Never maintained; {time} overdue (due {date}).",
    "maintenance.never.left": "Never maintained; due in {time} ({date}).",
    "runningCount": "Running count {used} of {limit} ({percent} %).",
    "totalCount": "Total count {used} of {limit} ({percent} %).",
    "time.days.one": "1 day",
    "time.days.other": "{n} days",
    "time.hours.zero": "less than an hour",
    "time.hours.one": "1 hour",
    "time.hours.other": "{n} hours",
}

_NORWEGIAN = {
    "ok": "Alt er i orden.",
    "between.sentences": " ",
    "calibration.overdue": "Kalibreringen forfalt for {time} siden ({date}).",
    "calibration.left": "Kalibreringen forfaller om {time} ({date}).",
    "calibration.never.overdue": "Aldri kalibrert; forfalt for {time} siden ({date}).",
    "calibration.never.left": "Aldri kalibrert; forfaller om {time} ({date}).",
    "maintenance.overdue": "Vedlikeholdet forfalt for {time} siden ({date}).",
    "maintenance.left": "Vedlikeholdet forfaller om {time} ({date}).",
    "maintenance.never.overdue": "Aldri vedlikeholdt; forfalt for {time} siden ({date}).",
    "maintenance.never.left": "Aldri vedlikeholdt; forfaller om {time} ({date}).",
    "runningCount": "Løpende teller: {used} av {limit} ({percent} %).",
    "totalCount": "Totalteller: {used} av {limit} ({percent} %).",
    "time.days.one": "1 dag",
    "time.days.other": "{n} dager",
    "time.hours.zero": "mindre enn én time",
    "time.hours.one": "1 time",
    "time.hours.other": "{n} timer",
}

_GERMAN = {
    "ok": "Alles in Ordnung.",
    "between.sentences": " ",
    "calibration.overdue": "Die Kalibrierung ist seit {time} überfällig (fällig am {date}).",
    "calibration.left": "Die Kalibrierung ist in {time} fällig ({date}).",
    "calibration.never.overdue": "Noch nie kalibriert; seit {time} überfällig (fällig am {date}).",
    "calibration.never.left": "Noch nie kalibriert; in {time} fällig ({date}).",
    "maintenance.overdue": "Die Wartung ist seit {time} überfällig (fällig am {date}).",
    "maintenance.left": "Die Wartung ist in {time} fällig ({date}).",
    "maintenance.never.overdue": "Noch nie gewartet; seit {time} überfällig (fällig am {date}).",
    "maintenance.never.left": "Noch nie gewartet; in {time} fällig ({date}).",
    "runningCount": "Laufender Zähler: {used} von {limit} ({percent} %).",
    "totalCount": "Gesamtzähler: {used} von {limit} ({percent} %).",
    "time.days.one": "einem Tag",
    "time.days.other": "{n} Tagen",
    "time.hours.zero": "weniger als einer Stunde",
    "time.hours.one": "einer Stunde",
    "time.hours.other": "{n} Stunden",
}

_CHINESE = {
    "ok": "一切正常。",
    "between.sentences": "",
    "calibration.overdue": "校准已逾期{time}（到期日：{date}）。",
    "calibration.left": "校准将在{time}后到期（{date}）。",
    "calibration.never.overdue": "从未校准，已逾期{time}（到期日：{date}）。",
    "calibration.never.left": "从未校准，将在{time}后到期（{date}）。",
    "maintenance.overdue": "维护已逾期{time}（到期日：{date}）。",
    "maintenance.left": "维护将在{time}后到期（{date}）。",
    "maintenance.never.overdue": "从未维护，已逾期{time}（到期日：{date}）。",
    "maintenance.never.left": "从未维护，将在{time}后到期（{date}）。",
    "runningCount": "当前使用次数：{used}/{limit}（{percent}%）。",
    "totalCount": "累计使用次数：{used}/{limit}（{percent}%）。",
    "time.days.one": "1天",
    "time.days.other": "{n}天",
    "time.hours.zero": "不到1小时",
    "time.hours.one": "1小时",
    "time.hours.other": "{n}小时",
}

TEXTS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: _ENGLISH,
    Language.NORWEGIAN: _NORWEGIAN,
    Language.GERMAN: _GERMAN,
    Language.CHINESE: _CHINESE,
}
"""Every text by language and key. A test holds that all languages have the same keys and placeholders."""
