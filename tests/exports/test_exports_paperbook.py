"""The workbook of a paper, and long tables that are written at once: the same cells as one by one."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao_cli.exports import Book, Column
from yibao_cli.exports.paper import Facts, Gap, Heading, Paper, Signatures, Table, Words
from yibao_cli.exports.paperbook import write_paper_book

COLUMNS = (
    Column("序号", "count"),
    Column("地址", "wrap", widest=10),
    Column("金额", "money"),
    Column("率", "rate"),
    Column("程度", tints={"拒收": "#F8D0CC", "核对": "#FFF6CC"}),
)
TEXTS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["=1+1", " a", "a\nb", "<r>x</r>", "_x000D_", "&<>\"'", "\x07", "𠮷", "http://x.cn"]),
)
DEGREES = st.sampled_from(["拒收", "核对", "其他", None])
ROWS = st.lists(
    st.tuples(st.integers(-9, 10**9), TEXTS, st.decimals(0, 999, places=2), st.none(), DEGREES), max_size=8
)


def test_blocks_stand_one_below_the_other(tmp_path):
    table = Table(COLUMNS, [(1, "甲", Decimal("0.80"), 0.5, "")], [("合计", "", Decimal("0.80"), None, "")])
    blocks = [
        Facts([("件数", "1 件")]),
        Words("大写"),
        Gap(),
        Heading("按县区"),
        table,
        Signatures(("甲方",)),
    ]

    write_paper_book(tmp_path / "a.xlsx", Paper("结算单", blocks, ["副题"], footer="脚"), "结算单")

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["结算单"]
    rows = [[c for c in row if c is not None] for row in sheet.iter_rows(values_only=True)]
    assert [row for row in rows if row] == [
        ["结算单"], ["副题"], ["件数: 1 件"], ["大写"], ["按县区"], ["序号", "地址", "金额", "率", "程度"],
        [1, "甲", 0.8, 0.5], ["合计", 0.8], ["甲方: __________________"],
    ]  # fmt: skip
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o600
    assert sheet.page_setup.orientation == "portrait"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_rows_at_once_are_the_cells_of_row_after_row(tmp_path, rows):
    sheets = []
    for at_once in (True, False):
        path = tmp_path / f"{at_once}.xlsx"
        with Book.to(path, "") as book, book.sheet("a") as sheet:
            sheet.header(COLUMNS)
            if at_once:
                sheet.rows(COLUMNS, rows)
            else:
                for row in rows:
                    sheet.row(COLUMNS, row)
            sheet.row(COLUMNS, (7, "后", Decimal(1), 0.1, ""))
        sheets.append(openpyxl.load_workbook(path)["a"])

    fast, slow = sheets
    shown = [
        [
            [(c.value, c.data_type, c.number_format, c.alignment.wrap_text, c.fill.fgColor.rgb) for c in row]
            for row in sheet.iter_rows()
        ]
        for sheet in sheets
    ]
    assert shown[0] == shown[1]
    assert fast.max_row == len(rows) + 2
    widths = [{k: v.width for k, v in sheet.column_dimensions.items()} for sheet in sheets]
    heights = [{k: v.height for k, v in sheet.row_dimensions.items()} for sheet in sheets]
    assert widths[0] == widths[1]
    assert heights[0] == heights[1]
    assert slow.dimensions == fast.dimensions
