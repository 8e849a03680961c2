from __future__ import annotations

import stat

import pyarrow as pa
import pytest

from builders import CLIENT, LINE_SCHEMA, invented
from yibao_cli.config import shipped
from yibao_cli.errors import CheckFailed, StateError
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.store.packages import FOLDER, MANIFEST, PackageWriter, open_package

KIND = load_kind(shipped("templates"), "medical")
PRODUCT = load_product(shipped("templates"), KIND.product)
FACTS = {
    "counts": {"roster_rows": 9, "pieces": 5, "held": 3, "rejected": 1},
    "totals": {"closing": 123},
    "inputs": ({"table": "roster", "file": "roster.xlsx", "sha256": "0" * 64, "rows": 9},),
    "ads": {"C-01": "a.png"},
    "quotas": {"C-01": 2},
}


def part(count, lines, seed):
    rows, details = invented(count, lines, seed=seed, change={}, line={})
    for row in rows:
        row["pages"] = 2 + 2 * (row["row_id"] % 2)
    return pa.Table.from_pylist(rows), pa.Table.from_pylist(details, schema=LINE_SCHEMA)


def frozen(mailing_folder, **changes):
    """A package of two parts; returns the hash of its package.json."""
    writer = PackageWriter(mailing_folder / "package")
    writer.add_part(*part(3, 2, seed=1))
    writer.add_part(*part(2, 0, seed=2))
    writer.add_kind(KIND, PRODUCT, {"client": CLIENT})
    (writer.folder / "art/a.png").write_bytes(b"art")
    return writer.finish("2026Q3", "medical", {**FACTS, **changes})


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_package_gives_back_what_was_frozen(tmp_path):
    frozen(tmp_path)

    package = open_package(tmp_path, "2026Q3")

    parts = [(p.part, p.pieces, p.pages, p.lines) for p in package.manifest.parts]
    assert parts == [(1, 3, 8, 6), (2, 2, 6, 0)]
    assert package.pieces(1).equals(part(3, 2, seed=1)[0])
    assert package.lines(1).equals(part(3, 2, seed=1)[1])
    assert package.pieces(2, ["piece"]).column_names == ["piece"]
    assert (package.kind, package.product, package.constants) == (KIND, PRODUCT, {"client": CLIENT})
    assert package.manifest.counts == FACTS["counts"]
    assert package.manifest.inputs == FACTS["inputs"]
    assert (package.art / "a.png").read_bytes() == b"art"
    assert "closing" in package.piece_fields()


def test_a_part_names_its_first_and_last_piece(tmp_path):
    frozen(tmp_path)

    first = open_package(tmp_path, "2026Q3").manifest.parts[0]

    names = part(3, 2, seed=1)[0].column("piece").to_pylist()
    assert (first.first, first.last) == (names[0], names[-1])


def test_the_same_input_gives_the_same_bytes(tmp_path):
    one, two = frozen(tmp_path / "one"), frozen(tmp_path / "two")

    assert one == two
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_files_that_bear_data_are_their_owners_alone(tmp_path):
    frozen(tmp_path)

    folder = tmp_path / "package"
    ours = [p for p in folder.iterdir() if p.is_file()]
    assert {stat.S_IMODE(p.stat().st_mode) for p in ours} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_package_as_it_was_frozen_has_no_altered_file(tmp_path):
    sha256 = frozen(tmp_path)

    assert open_package(tmp_path, "2026Q3").altered_files(sha256) == []


@pytest.mark.parametrize(
    "name",
    ["pieces-0001.parquet", "lines-0002.parquet", "kind.json", "product.json", "constants.json", "art/a.png"],
)
def test_an_altered_file_is_named(tmp_path, name):
    sha256 = frozen(tmp_path)
    path = tmp_path / "package" / name
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)

    assert open_package(tmp_path, "2026Q3").altered_files(sha256) == [name]


def test_a_missing_file_is_named(tmp_path):
    sha256 = frozen(tmp_path)
    (tmp_path / "package/art/a.png").unlink()

    assert open_package(tmp_path, "2026Q3").altered_files(sha256) == ["art/a.png"]


def test_an_altered_list_of_files_is_found_by_its_own_hash(tmp_path):
    sha256 = frozen(tmp_path)
    path = tmp_path / "package/package.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"held": 3', '"held": 2'), encoding="utf-8")

    assert open_package(tmp_path, "2026Q3").altered_files(sha256) == ["package.json"]


@pytest.mark.parametrize("count", ["roster_rows", "pieces", "held", "rejected"])
def test_counts_that_do_not_tie_are_refused_before_anything_is_said(tmp_path, count):
    counts = {**FACTS["counts"], count: FACTS["counts"][count] + 1}

    with pytest.raises(CheckFailed, match="do not tie"):
        frozen(tmp_path, counts=counts)

    assert not (tmp_path / "package/package.json").exists()


def test_a_package_that_is_gone_is_a_failed_check(tmp_path):
    with pytest.raises(CheckFailed) as caught:
        open_package(tmp_path, "2026Q3")

    assert "yibao merge 2026Q3" in caught.value.remedy


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"parts": [{"part": 1}]}', "null", '{"parts": 3}'])
def test_a_list_of_files_that_cannot_be_read_is_a_failed_check(tmp_path, content):
    frozen(tmp_path)
    (tmp_path / "package/package.json").write_text(content)

    with pytest.raises(CheckFailed, match="altered"):
        open_package(tmp_path, "2026Q3")


def test_a_package_of_another_version_says_so(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / MANIFEST).write_text('{"mailing": "2026Q3", "parts": []}', encoding="utf-8")

    with pytest.raises(StateError) as raised:
        open_package(tmp_path, "2026Q3")

    assert "another version" in raised.value.message
    assert "merge" in raised.value.remedy
