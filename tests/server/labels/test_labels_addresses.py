"""Codes say an address or a serial number; whatever a scanner makes of either leads to the asset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywats_server.labels.addresses import address_of, serial_in

BASE = "https://assets.example.com:8470"


@pytest.mark.parametrize(
    ("serial_number", "address"),
    [
        ("DMM-001", "/s/DMM-001"),
        ("A B+C", "/s/A%20B%2BC"),
        ("ICT/7", "/s/?sn=ICT/7"),
        ("a\\b", "/s/?sn=a%5Cb"),
        ("..", "/s/?sn=.."),
        ("50%#?&", "/s/50%25%23%3F%26"),
        ("Ø1", "/s/%C3%981"),
    ],
)
def test_address_of_a_label_is_short_and_survives_the_way(serial_number: str, address: str) -> None:
    assert address_of(BASE, serial_number) == BASE + address
    assert address_of(BASE + "/", serial_number) == BASE + address


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=100).filter(str.strip))
def test_serial_number_comes_back_from_its_address(serial_number: str) -> None:
    address = address_of(BASE, serial_number)
    assert address.isascii()
    assert serial_in(address) == serial_number


@pytest.mark.parametrize(
    ("scanned", "serial_number"),
    [
        ("DMM-001", "DMM-001"),
        ("  DMM-001\r\n", "DMM-001"),
        ("]Q1DMM-001", "DMM-001"),
        ("]d2DMM-001\t", "DMM-001"),
        ("]Q1https://other.name/s/DMM-001", "DMM-001"),
        ("HTTP://LOCALHOST/s/DMM-001", "DMM-001"),
        ("https://example.com/elsewhere", "https://example.com/elsewhere"),
        ("https://[broken/s/1", "https://[broken/s/1"),
        ("s/1", "s/1"),
        ("", ""),
    ],
)
def test_scanned_text_is_read_without_what_scanners_add(scanned: str, serial_number: str) -> None:
    assert serial_in(scanned) == serial_number
