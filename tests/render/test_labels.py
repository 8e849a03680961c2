"""Labels on sheets: every code is read from the picture of its page, no text is cut."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from label_codes import container_code
from yibao_cli.codes import ContainerCode
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.exports.labels import Label
from yibao_cli.kinds.labels import FOLDER, LabelSheet, load_label_sheet
from yibao_cli.kinds.page import FontPlan
from yibao_cli.render.faces import font_set
from yibao_cli.render.labels import write_labels

FONTS = font_set(FontPlan())
TEMPLATES = shipped("templates")
SHEETS = sorted(path.stem for path in (TEMPLATES / FOLDER).glob("*.toml"))


def label(number, **values):
    said = {
        "heading": "把签", "destination": f"0500{number:02d}", "level": "投递局", "number": f"把 {number}",
        "pieces": "80", "weight": "0.662 千克", "contents": "袋 1", "mailing": "2026Q3",
        "printed_on": "2026-10-01", "client": "石家庄市医疗保险中心",
    }  # fmt: skip
    return Label(str(ContainerCode("2026Q3", "B", number)), said | values)


def drawn(folder, labels, sheet):
    path = folder / "labels.pdf"
    made = write_labels(path, labels, sheet, FONTS, "bundles")
    with pypdfium2.PdfDocument(path) as pdf:
        return made, ["".join(page.get_textpage().get_text_bounded().split()) for page in pdf], [
            list(zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())) for page in pdf
        ]  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_every_label_of_a_sheet_has_its_code_and_its_words(tmp_path, name):
    sheet = load_label_sheet(TEMPLATES, name)
    count = sheet.columns * sheet.rows + 1

    made, texts, codes = drawn(tmp_path, [label(n) for n in range(1, count + 1)], sheet)

    assert made.pages == len(texts) == 2
    read = [container_code(code.text) for page in codes for code in page]
    assert sorted(read) == [("2026Q3", "B", n) for n in range(1, count + 1)]
    for n in range(1, count + 1):
        assert f"把{n}" in "".join(texts)
        assert f"0500{n:02d}" in "".join(texts)
    for part in (
        "级别投递局",
        "件数80",
        "重量0.662千克",
        "批次2026Q3",
        "打印2026-10-01",
        "石家庄市医疗保险中心",
    ):
        assert "".join(texts).count(part) == count


def test_each_code_lies_on_its_own_label(tmp_path):
    sheet = load_label_sheet(TEMPLATES, "a4-2x4")

    _made, _texts, (codes,) = drawn(tmp_path, [label(n) for n in range(1, 9)], sheet)

    scale = 200 / 25.4
    for code in codes:
        number = container_code(code.text).number
        left, top = sheet.corners()[number - 1]
        x, y = code.position.top_left.x / scale - left, code.position.top_left.y / scale - top
        assert (x, y) == pytest.approx((sheet.code.x, sheet.code.y), abs=1)


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("length", [12, 40, 300])
def test_a_long_destination_is_set_smaller_and_whole(tmp_path, name, length):
    place = "石家庄市长安区建设北大街" * 30

    _made, (text,), _codes = drawn(
        tmp_path, [label(1, destination=place[:length])], load_label_sheet(TEMPLATES, name)
    )

    assert place[:length] in text
    assert "…" not in text


def test_no_labels_are_one_empty_page(tmp_path):
    made, _texts, codes = drawn(tmp_path, [], load_label_sheet(TEMPLATES, SHEETS[0]))

    assert (made.pages, codes) == (1, [[]])


def test_a_code_without_room_is_refused_with_its_size(tmp_path):
    sheet = load_label_sheet(TEMPLATES, "single-100x150")
    large = sheet.model_copy(update={"code": sheet.code.model_copy(update={"module": 3.0})})

    with pytest.raises(SettingsError, match="the code of a label needs"):
        drawn(tmp_path, [label(1)], large)

    assert list(tmp_path.iterdir()) == []


def plan(**changes):
    text = {"field": "destination", "x": 5, "y": 10, "width": 60}
    return {
        "id": "x", "name": "x", "paper": [100, 100], "label": [50, 50], "columns": 2, "rows": 2,
        "code": {"x": 5, "y": 20}, "texts": [text], **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns": 3}, "do not fit"),
        ({"gap_y": 1}, "do not fit"),
        ({"left": 0.5}, "do not fit"),
        ({"code": {"x": 60, "y": 5}}, "outside of the label"),
        ({"texts": [{"field": "destination", "x": 5, "y": 60, "width": 5}]}, "outside of the label"),
        ({"texts": [{"field": "level", "x": 5, "y": 6, "width": 5}]}, "destination"),
        ({"texts": [{"field": "id_number", "x": 5, "y": 6, "width": 5}]}, "field"),
        ({"margin": 4}, "margin"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(changes, said):
    assert LabelSheet.model_validate(plan()).corners() == [(0, 0), (50, 0), (0, 50), (50, 50)]

    with pytest.raises(ValueError, match=said):
        LabelSheet.model_validate(plan(**changes))


def test_an_unknown_sheet_names_those_there_are():
    with pytest.raises(SettingsError) as caught:
        load_label_sheet(TEMPLATES, "../common/tariff")

    assert "a4-2x4, single-100x150" in caught.value.remedy


def test_a_faulty_file_names_its_key(tmp_path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "own.toml").write_text('name = "x"\npaper = [1]\n', encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_label_sheet(tmp_path, "own")

    assert caught.value.where == "labels/own.toml"
