from __future__ import annotations

import json

import pytest

from yibao_cli.address.build import PLACEHOLDERS, build, main
from yibao_cli.address.divisions import gazetteer
from yibao_cli.address.postcodes import PROVINCES_BY_PREFIX
from yibao_cli.errors import ExitCode, InputNotFound, InputRefused


@pytest.fixture
def package(tmp_path):
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    (dist / "provinces.csv").write_text('code,name\n11,"北京市"\n', encoding="utf-8")
    (dist / "cities.csv").write_text('code,name,provinceCode\n1101,"市辖区",11\n', encoding="utf-8")
    (dist / "areas.csv").write_text('code,name,cityCode\n110101,"东城区",1101\n', encoding="utf-8")
    (dist / "streets.csv").write_text('code,name,areaCode\n110101001,"东华门街道",110101\n', encoding="utf-8")
    (dist / "HK-MO-TW.json").write_text(json.dumps({"台湾省": {"台北市": ["大安区"]}}), encoding="utf-8")
    return dist.parent


def test_the_same_package_gives_the_same_bytes(package, tmp_path):
    targets = [tmp_path / "one.gz", tmp_path / "two.gz"]

    counts = [build(package, target) for target in targets]

    assert counts == [5, 5]
    assert targets[0].read_bytes() == targets[1].read_bytes()


def test_a_missing_file_is_named(package, tmp_path):
    (package / "dist" / "areas.csv").unlink()

    with pytest.raises(InputNotFound, match=r"areas\.csv"):
        build(package, tmp_path / "out.gz")


def test_a_file_without_its_columns_is_refused(package, tmp_path):
    (package / "dist" / "areas.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    with pytest.raises(InputRefused, match=r"areas\.csv"):
        build(package, tmp_path / "out.gz")


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
    code = main([str(tmp_path)])

    assert (code, "streets.csv" in capsys.readouterr().err) == (ExitCode.NOT_FOUND, True)
