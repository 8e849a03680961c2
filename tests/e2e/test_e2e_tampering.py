"""Whatever is changed after it was made is found before it is mailed, also by one who mends the hashes."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from e2e_chain import goods, hashes, made, pdfs, pieces

from builders import hexed, set_strings, strings_of
from yibao_cli.money import yuan


def resealed(pdf):
    """Make the control file agree with the PDF, as somebody who knows the trade would."""
    control = pdf.with_suffix(".json")
    facts = json.loads(control.read_text(encoding="utf-8"))
    content = pdf.read_bytes()
    facts |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    control.write_text(json.dumps(facts, indent=1), encoding="utf-8")


def differences(result):
    """What verify gave on stdout, as rows."""
    return list(csv.DictReader(io.StringIO(result.out)))


def change_amount(pdf, workspace):
    """One digit of the first closing balance of the part."""
    piece = pieces(workspace)[0]
    old = yuan(piece["closing"])
    new = old[:-1] + str((int(old[-1]) + 1) % 10)
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        page = document.pages[1]
        strings = strings_of(page)
        strings[strings.index(hexed(old))] = hexed(new)
        set_strings(page, strings)
        document.save(pdf)


def swap_pages(pdf, _workspace):
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        first, third = document.pages[1].obj, document.pages[3].obj
        document.pages[1], document.pages[3] = pikepdf.Page(third), pikepdf.Page(first)
        document.save(pdf)


def drop_page(pdf, _workspace):
    with pikepdf.open(pdf, allow_overwriting_input=True) as document:
        del document.pages[-1]
        document.save(pdf)


def truncate(pdf, _workspace):
    pdf.write_bytes(pdf.read_bytes()[: pdf.stat().st_size // 2])


def another_part(pdf, workspace):
    pdf.write_bytes(pdfs(workspace)[1].read_bytes())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (change_amount, "amount"),
        (swap_pages, "piece"),
        (drop_page, "pages"),
        (truncate, "file"),
        (another_part, "piece"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_changed_print_file_is_found_by_reading_it_though_its_hash_was_mended(call, at, change, what):
    workspace = at("rendered")
    pdf = pdfs(workspace)[0]
    change(pdf, workspace)
    resealed(pdf)

    result = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")

    assert result.code == 4
    assert what in {d["what"] for d in differences(result)}
    assert {d["part"] for d in differences(result)} == {"1"}
    assert not result.err.startswith("0 differences")
    assert call("-w", workspace, "manifest").code == 5


def test_a_print_file_with_another_hash_than_was_rendered_is_told(call, at):
    workspace = at("rendered")
    pdf = pdfs(workspace)[0]
    pdf.write_bytes(pdf.read_bytes() + b"%\n")

    result = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")

    assert result.code == 4
    assert [d["what"] for d in differences(result)] == ["file"]


WRONG = {
    "mailing": "2026Q4",
    "part": 2,
    "package_sha256": "0" * 64,
    "pieces": 39,
    "pages": 1,
    "size": 1,
    "sha256": "0" * 64,
}


@pytest.mark.parametrize("field", [*WRONG, "part as true"])
def test_a_control_file_that_says_what_is_not_so_is_told_with_the_field(call, at, field):
    workspace = at("rendered")
    control = pdfs(workspace)[0].with_suffix(".json")
    facts = json.loads(control.read_text(encoding="utf-8"))
    name = field.split()[0]
    facts[name] = WRONG.get(field, True)
    control.write_text(json.dumps(facts, indent=1), encoding="utf-8")

    result = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")

    assert result.code == 4
    (found,) = differences(result)
    assert (found["part"], found["page"], found["what"]) == ("1", "0", "file")
    assert found["detail"].endswith(f": {name}")


@pytest.mark.parametrize("name", ["part-0099.pdf", "part-0001 (2).pdf", "copy/OLD.PDF"])
def test_a_pdf_that_is_no_part_is_told_until_it_is_gone(call, at, name):
    workspace = at("rendered")
    stray = made(workspace) / "print" / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(pdfs(workspace)[0].read_bytes())

    result = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")

    assert result.code == 4
    assert [(d["part"], d["what"]) for d in differences(result)] == [("0", "file")]
    assert name in differences(result)[0]["detail"]
    assert call("-w", workspace, "manifest").code == 5
    stray.unlink()
    assert call("-w", workspace, "verify", "--workers", "1").code == 0


def test_a_part_that_is_gone_is_told_and_a_posting_list_refused(call, at):
    workspace = at("verified")
    pdfs(workspace)[2].unlink()

    result = call("-w", workspace, "verify", "-f", "csv", "--workers", "1")

    assert result.code == 4
    assert {(d["part"], d["what"]) for d in differences(result)} == {("3", "file")}
    assert call("-w", workspace, "manifest").code == 5


def test_after_the_part_is_made_again_the_mailing_is_clean(call, at):
    workspace = at("rendered")
    whole = goods(workspace)
    truncate(pdfs(workspace)[0], workspace)

    render = call("-w", workspace, "render", "--workers", "1")
    verify = call("-w", workspace, "verify", "--workers", "1")

    assert (render.code, verify.code) == (0, 0)
    assert goods(workspace) == whole


# ------------------------------------------------------------------ the package


def change_value(package):
    """One fen more in one row."""
    file = package / "pieces-0001.parquet"
    table = pq.read_table(file)
    closing = table.column("closing").to_pylist()
    closing[0] += 1
    index = table.column_names.index("closing")
    pq.write_table(
        table.set_column(index, "closing", pa.array(closing, pa.int64())), file, store_schema=False
    )


def change_value_and_hash(package):
    change_value(package)
    path = package / "package.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"]["pieces-0001.parquet"] = hashes(package)["pieces-0001.parquet"]
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")


def change_text(package):
    path = package / "constants.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0311-12393", "0311-12394"), encoding="utf-8")


def lose_lines(package):
    (package / "lines-0002.parquet").unlink()


def add_file(package):
    (package / "pieces-0099.parquet").write_bytes((package / "pieces-0001.parquet").read_bytes())


def spoil_manifest(package):
    (package / "package.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    "change", [change_value, change_value_and_hash, change_text, lose_lines, add_file, spoil_manifest]
)
def test_a_changed_package_prints_nothing_and_lists_nothing(call, at, change):
    workspace = at("verified")
    before = hashes(made(workspace) / "print")
    change(made(workspace) / "package")
    pdfs(workspace)[0].unlink()

    for command in (("render",), ("proof", "-n", "1"), ("manifest",), ("verify",)):
        result = call("-w", workspace, *command)
        assert result.code == 4, command
        assert "altered" in result.err
        assert "merge" in result.err
    assert len(hashes(made(workspace) / "print")) == len(before) - 1
    assert not (made(workspace) / "manifest").exists()


@pytest.mark.parametrize("change", [change_value_and_hash, add_file])
def test_merging_again_mends_a_changed_package(call, at, change):
    workspace = at("rendered")
    whole = goods(workspace)
    change(made(workspace) / "package")

    merge = call("-w", workspace, "merge")

    assert merge.code == 3
    assert "the package is the same as before" in merge.err
    assert goods(workspace) == whole
