"""What a piece costs: dated rates, bands by weight, 本埠 and 外埠."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailing_builders import TARIFF, TERMS, pieces_of

from yibao_cli.errors import SettingsError
from yibao_cli.mailing.tariff import Locality, load_tariff, postage

DAY = "2026-10-08"


@pytest.mark.parametrize(
    ("grams", "local", "distant"),
    [
        ("20", 80, 120), ("20.1", 160, 240), ("100", 400, 600), ("101", 520, 800), ("200", 520, 800),
        ("201", 640, 1000), ("2000", 2680, 4400),
    ],
)  # fmt: skip
def test_letters_cost_what_the_worked_examples_say(grams, local, distant):
    rate = TARIFF.rate("letter", DAY)

    assert rate.price(Decimal(grams), local=True) == local
    assert rate.price(Decimal(grams), local=False) == distant


def test_printed_matter_cost_less_before_december_2015():
    old, new = TARIFF.rate("printed-matter", "2015-11-30"), TARIFF.rate("printed-matter", "2015-12-01")

    assert (old.price(Decimal(50), local=True), old.price(Decimal(50), local=False)) == (40, 70)
    assert (new.price(Decimal(101), local=True), new.price(Decimal(101), local=False)) == (100, 160)


def test_a_letter_that_is_too_heavy_is_refused():
    rate = TARIFF.rate("letter", DAY)

    with pytest.raises(SettingsError, match="2001 g is heavier"):
        rate.price(Decimal(2001), local=True)


@pytest.mark.parametrize(("line", "day"), [("parcel", DAY), ("letter-sheet", "1999-01-01")])
def test_a_line_without_a_valid_rate_is_a_matter_of_settings(line, day):
    with pytest.raises(SettingsError, match="use one of: letter, letter-sheet"):
        TARIFF.rate(line, day)


@given(st.decimals(0, 2000, places=1), st.decimals(0, 2000, places=1), st.booleans())
def test_a_heavier_letter_never_costs_less(one, other, local):
    rate = TARIFF.rate("letter", DAY)

    light, heavy = (rate.price(g, local=local) for g in sorted((one, other)))

    assert light <= heavy


def test_the_clients_own_postcode_prefix_is_local():
    pieces = pieces_of({"postcode": "050099"}, {"postcode": "052300"}, {"postcode": ""}, {"postcode": None})

    assert postage(pieces, TARIFF, TERMS).tolist() == [80, 120, 120, 120]


def test_counties_and_prefixes_of_the_settings_take_the_place_of_the_clients_own():
    pieces = pieces_of(
        {"postcode": "050011"}, {"postcode": "052300"}, {"postcode": "071000", "county": "辛集市"}
    )
    terms = replace(TERMS, locality=Locality.of_client("050011", ("0523",), ("辛集市",)))

    assert postage(pieces, TARIFF, terms).tolist() == [120, 80, 80]


def test_counties_alone_leave_no_prefix_local():
    pieces = pieces_of({"postcode": "050011"}, {"county": "辛集市", "postcode": None})
    terms = replace(TERMS, locality=Locality.of_client("050011", counties=("辛集市",)))

    assert postage(pieces, TARIFF, terms).tolist() == [120, 80]


def test_sheets_and_envelope_are_weighed():
    pieces = pieces_of({"pages": 2}, {"pages": 5}, {"pages": 6})
    terms = replace(TERMS, line="letter", sheet_grams=Decimal("5.0"), cover_grams=Decimal("5.6"))

    assert postage(pieces, TARIFF, terms).tolist() == [80, 160, 160]


def test_registration_comes_on_top():
    pieces = pieces_of({"postcode": "052300"})
    terms = replace(TERMS, line="letter", sheet_grams=Decimal(18), registered=True)

    assert postage(pieces, TARIFF, terms).tolist() == [420]


def test_a_receipt_comes_on_top_of_the_registration_and_no_ordinary_piece_has_one():
    pieces = pieces_of({"postcode": "052300"})
    terms = replace(TERMS, line="letter", sheet_grams=Decimal(18), registered=True, receipt=True)

    assert postage(pieces, TARIFF, terms).tolist() == [720]
    assert postage(pieces, TARIFF, replace(terms, registered=False)).tolist() == [120]


CONTRACT = """
[[rates]]
line = "letter-sheet"
name = "邮简（协议价）"
valid_from = "2026-01-01"
valid_to = "2026-12-31"
source = "contract 2026-017"
bands = [{ local = "0.60", distant = "0.90" }]
"""


@pytest.mark.parametrize(
    ("day", "price"), [("2025-12-31", 80), ("2026-01-01", 60), ("2026-12-31", 60), ("2027-01-01", 80)]
)
def test_a_price_agreed_with_the_post_counts_while_its_contract_lasts(tmp_path, day, price):
    path = tmp_path / "contract.toml"
    path.write_text(CONTRACT, encoding="utf-8")

    agreed = TARIFF.agreed(load_tariff(path))

    assert postage(pieces_of({}), agreed, replace(TERMS, on_date=day)).tolist() == [price]
    assert agreed.rate("letter", day) == TARIFF.rate("letter", day)


def test_a_tariff_without_a_date_is_refused(tmp_path):
    path = tmp_path / "contract.toml"
    path.write_text(CONTRACT.replace('valid_from = "2026-01-01"\n', ""), encoding="utf-8")

    with pytest.raises(SettingsError, match="valid_from"):
        load_tariff(path)


def test_postage_keeps_the_index_of_the_pieces():
    pieces = pieces_of({}, {}, {"postcode": "052300"}).iloc[[2, 0]]

    assert postage(pieces, TARIFF, TERMS).to_dict() == {2: 120, 0: 80}


BAND = 'line = "x"\nname = "x"\nvalid_from = "2026-01-01"\nbands = [{ local = "0.80", distant = "1.20" }]'


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('local = "0.80"', 'local = "0.805"', "rates.0.bands.0.local: .*two decimals"),
        ('local = "0.80"', 'local = "-1"', "rates.0.bands.0.local"),
        ('local = "0.80"', 'local = "0.80", up_to = 20', "up_to and every belong together"),
        ('"2026-01-01"', '"1.1.2026"', "rates.0.valid_from"),
        ('name = "x"', 'nmae = "x"', "rates.0.name"),
        ("[{", "[[{", "cannot be used"),
    ],
)
def test_a_faulty_tariff_names_its_key(tmp_path, old, new, reason):
    path = tmp_path / "tariff.toml"
    path.write_text(f"[[rates]]\n{BAND.replace(old, new)}\n", encoding="utf-8")

    with pytest.raises(SettingsError, match=reason):
        load_tariff(path)
