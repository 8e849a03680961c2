"""Photos of returned letters, from a folder to the returns."""

from __future__ import annotations

import json

import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from e2e_chain import MAILING, pdfs, pieces, rows_of
from PIL import Image, ImageFilter

from yibao_cli.codes import HandoverCode, SheetCode, piece_number

DAY = "2026-10-20"


def shot(path, *texts):
    """A photo with these codes in it."""
    page = Image.new("L", (900, 700), 245)
    for i, text in enumerate(texts):
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=4)
        page.paste(Image.fromarray(np.asarray(code)), (60 + 300 * i, 80))
    path.parent.mkdir(exist_ok=True)
    page.save(path)


def code_of(piece, mailing=MAILING, copy=0):
    return str(SheetCode(mailing, piece, copy, 1, 2))


@pytest.fixture
def decode(call, mailed):
    """Decode files of the workspace."""

    def decoded(*arguments):
        return call("--now", DAY, "-w", mailed, "returns", "decode", "--mailing", MAILING, *arguments)

    return decoded


def test_a_folder_of_photos_is_recorded_with_reasons_and_its_doubtful_are_kept(
    mailed, decode, call, tmp_path
):
    one, two, three = sorted(p["piece"] for p in pieces(mailed))[:3]
    photos = tmp_path / "photos"
    shot(photos / "1.png", code_of(one), "RA123456785CN")
    (photos / "R05").mkdir()
    shot(photos / "R05" / "2.png", code_of(two))
    shot(photos / "again.png", code_of(one))
    shot(photos / "both.png", code_of(two), code_of(three))
    shot(photos / "none.png")
    shot(photos / "other.png", code_of(three, "OTHER"))
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 broken")

    first = decode(photos, "--reason", "3")
    second = decode(photos, "--reason", "3")

    assert first.code == 3
    assert "7 pictures = 2 recorded + 0 known already + 5 refused" in first.err
    assert "7 pictures = 0 recorded + 2 known already + 5 refused" in second.err
    found = rows_of(mailed, "SELECT piece, reason, file_name FROM returns ORDER BY piece")
    assert found == [(one, "R03", "1.png#1"), (two, "R05", "R05/2.png#1")]
    listed = [
        json.loads(line) for line in call("-w", mailed, "returns", "waiting", "-f", "jsonl").out.splitlines()
    ]
    rules = {row["source"].partition("#")[0]: row["rule"] for row in listed}
    assert rules == {
        "again.png": "T108",
        "both.png": "T115",
        "none.png": "T114",
        "other.png": "T111",
        "broken.jpg": "T118",
    }
    for row in listed:
        if row["picture"]:
            assert (mailed / row["picture"]).stat().st_mode & 0o777 == 0o600
    assert sum(bool(row["picture"]) for row in listed) == 4


def test_a_printed_sheet_photographed_badly_is_found(states, mailed, decode, tmp_path):
    document = pdfium.PdfDocument(pdfs(states.at("rendered"))[0])
    names = []
    for i, (angle, blur, light) in enumerate([(0, 0, 1.0), (33, 1.0, 0.3), (178, 1.5, 0.7)]):
        sheet = document[2 * i].render(scale=200 / 72).to_pil().convert("L")
        seen = sheet.rotate(angle, expand=True, fillcolor=80).filter(ImageFilter.GaussianBlur(blur))
        names.append(tmp_path / f"{i}.jpg")
        Image.eval(seen, lambda v, light=light: int(v * light)).save(names[-1], quality=50)

    result = decode(*names)

    assert result.code == 0
    first_three = sorted(pieces(mailed), key=lambda p: p["position"])[:3]
    found = rows_of(mailed, "SELECT piece FROM returns ORDER BY piece")
    assert found == sorted((p["piece"],) for p in first_three)


def test_another_days_pictures_of_the_same_names_are_not_taken_for_the_first_ones(mailed, decode, tmp_path):
    one, two = (p["piece"] for p in sorted(pieces(mailed), key=lambda p: p["piece"])[:2])
    for day, number, blank in (("mon", one, 400), ("tue", two, 500)):
        shot(tmp_path / day / "IMG_0001.png", code_of(number))
        Image.new("L", (blank, blank), 255).save(tmp_path / day / "IMG_0002.png")

    told = [decode(tmp_path / day).err for day in ("mon", "tue", "tue")]

    assert "2 pictures = 1 recorded + 0 known already + 1 refused" in told[1]
    assert "2 pictures = 0 recorded + 1 known already + 1 refused" in told[2]
    assert rows_of(mailed, "SELECT piece FROM returns ORDER BY piece") == [(one,), (two,)]
    assert rows_of(mailed, "SELECT count(*) FROM intake WHERE outcome = 'T114'") == [(2,)]


def test_a_file_that_is_not_there_and_a_folder_without_pictures_are_told(decode, tmp_path):
    (tmp_path / "empty").mkdir()

    assert decode(tmp_path / "gone.jpg").code == 66
    assert decode(tmp_path / "empty").code == 66


def test_a_piece_of_another_workspace_is_not_counted(mailed, decode, tmp_path):
    shot(tmp_path / "a" / "1.png", code_of(piece_number(9_999_999)))

    assert decode(tmp_path / "a").code == 3
    assert rows_of(mailed, "SELECT count(*) FROM returns") == [(0,)]


def test_a_signed_sheet_is_taken_in_from_its_picture_once(mailed, call, tmp_path):
    one, two = (p["piece"] for p in sorted(pieces(mailed), key=lambda p: p["piece"])[:2])
    shot(tmp_path / "signed" / "1.png", code_of(one))
    shot(tmp_path / "signed" / "2.png")
    shot(tmp_path / "signed" / "3.png", code_of(one), code_of(two))
    shot(tmp_path / "signed" / "4.png", str(HandoverCode(MAILING, 77)))
    where = ("--now", DAY, "-w", mailed, "receipts", "decode", "-m", MAILING, tmp_path / "signed")

    told = [call(*where, "--signer", "王小明", "--on", "2026-10-12") for _ in range(2)]

    assert [t.code for t in told] == [3, 3]
    assert "4 pictures = 1 recorded + 0 known already + 3 refused" in told[0].err
    assert "4 pictures = 0 recorded + 1 known already + 3 refused" in told[1].err
    assert all(rule in told[0].err for rule in ("M154", "T115", "M155"))
    query = "SELECT scope, subject, day, signer FROM receipts"
    assert rows_of(mailed, query) == [("piece", one, "2026-10-12", "王**")]
    assert call(*where, "--signer", "王", "--on", "2027-01-01").code == 3
    assert rows_of(mailed, "SELECT count(*) FROM receipts") == [(1,)]
