"""Which tariff counts for a mailing, and on which terms it is posted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yibao_cli.config import shipped
from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.jobs.mailing.postage import pricing
from yibao_cli.jobs.workspace import open_workspace
from yibao_cli.kinds import load_product

MAILING, DAY = "2026Q3", "2026-10-08"
PRODUCT = load_product(shipped("templates"), "window-DL")
SETTINGS = """
[client]
name = "石家庄市医疗保险中心"
address = "石家庄市长安区建设北大街12号"
postcode = "050011"
phone = "0311-12393"

[mailings.2026Q3]
kind = "medical"
period = "三季度"
starts = "2026-07-01"
ends = "2026-09-30"
posting = "2026-10-08"
{mailing}

[tariff]
{tariff}
"""
CONTRACT = """
[[rates]]
line = "letter"
name = "信函（协议价）"
valid_from = "2026-01-01"
bands = [{ local = "0.50", distant = "0.70" }]
"""


@pytest.fixture
def workspace(tmp_path):
    """A function that makes a workspace of settings for the mailing and for the tariff."""
    (tmp_path / "contract.toml").write_text(CONTRACT, encoding="utf-8")

    def made(mailing="", tariff=""):
        words = SETTINGS.format(mailing=mailing, tariff=tariff)
        (tmp_path / "yibao.toml").write_text(words, encoding="utf-8")
        return open_workspace(tmp_path)

    return made


def test_the_public_tariff_and_the_clients_own_town_count_where_nothing_is_said(workspace):
    tariff, terms = pricing(workspace(), MAILING, PRODUCT, DAY)

    assert tariff.rate("letter", DAY).name == "信函"
    assert terms.locality.prefixes == ("0500",)
    assert (terms.sheet_grams, terms.cover_grams) == (Decimal("4.99"), Decimal("5.6"))
    assert (terms.registered, terms.receipt) == (False, False)


def test_what_was_agreed_with_the_post_and_what_is_local_come_from_the_settings(workspace):
    given = 'file = "contract.toml"\nlocal_prefixes = ["0523"]\nlocal_counties = ["辛集市"]'

    tariff, terms = pricing(workspace("registered = true\nreceipt = true", given), MAILING, PRODUCT, DAY)

    assert tariff.rate("letter", DAY).price(Decimal(20), local=True) == 50
    assert tariff.rate("registration", DAY).price(Decimal(0), local=True) == 300
    assert (terms.locality.prefixes, terms.locality.counties) == (("0523",), ("辛集市",))
    assert (terms.registered, terms.receipt) == (True, True)


def test_a_tariff_that_is_not_there_is_told(workspace):
    with pytest.raises(InputNotFound, match=r"none\.toml"):
        pricing(workspace(tariff='file = "none.toml"'), MAILING, PRODUCT, DAY)


def test_ordinary_mail_has_no_receipts(workspace):
    with pytest.raises(SettingsError, match="wants receipts and is not registered"):
        pricing(workspace("receipt = true"), MAILING, PRODUCT, DAY)
