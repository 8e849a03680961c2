"""A list of returned pieces as the post writes it: every tenth piece of a package, drawn by a seed.

python tests/benchmarks/chain_returns.py PACKAGE MAILING FILE.xlsx
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import xlsxwriter

ONE_IN = 10
FIRST, DAYS = date(2026, 10, 12), 25
HEADERS = ("账单编号", "批次号", "退信日期", "退回原因", "备注")
REASONS = {
    "迁移新址不明": 24,
    "原写地址不详": 20,
    "查无此人": 16,
    "逾期未领": 12,
    "无此地址": 7,
    "拒收": 6,
    "人已搬走": 5,
    "房屋已拆迁": 4,
    "收件人已故": 3,
}


def write_returns(package, mailing, path):
    """Gives the rows written."""
    draw = random.Random(1)
    rows = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, day_format = book.add_worksheet("退信登记"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADERS)
        for part in sorted(package.glob("pieces-*.parquet")):
            for piece in pq.read_table(part, columns=["piece"]).column("piece").to_pylist():
                if draw.randrange(ONE_IN):
                    continue
                rows += 1
                reason = draw.choices(tuple(REASONS), tuple(REASONS.values()))[0]
                sheet.write_row(rows, 0, (piece, mailing))
                sheet.write_datetime(rows, 2, FIRST + timedelta(days=draw.randrange(DAYS)), day_format)
                sheet.write_string(rows, 3, reason)
    return rows


if __name__ == "__main__":
    print(write_returns(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
