"""A posted mailing of 700,000 pieces of which 70,000 came back: what intake, account and report need."""

# ruff: noqa: PLC0415, TC003 - what is measured is loaded when it is; the pieces are drawn by a seed

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from packed import pack
from sqlalchemy import insert

PIECES, RETURNS, PART = 700_000, 70_000, 20_000
ADDRESSES, EMPLOYERS = 300_000, 4_000
MAILING, POSTED = "2026Q3", date(2026, 10, 8)
COUNTIES = (
    "长安区",
    "桥西区",
    "新华区",
    "裕华区",
    "藁城区",
    "鹿泉区",
    "栾城区",
    "井陉县",
    "正定县",
    "行唐县",
    "灵寿县",
    "高邑县",
    "平山县",
)
REASONS = (
    "迁移新址不明",
    "原写地址不详",
    "查无此人",
    "逾期未领",
    "无此地址",
    "拒收",
    "收件人已故",
    "家中无人",
)


def returned_workspace(folder: Path) -> tuple[object, Path]:
    """The workspace, and the post's list of what came back as xlsx."""
    from yibao_cli.jobs.setup.starting import init_workspace
    from yibao_cli.jobs.workspace import open_workspace

    init_workspace(folder / "ws", "medical", sample=True)
    workspace = open_workspace(folder / "ws", datetime(2026, 11, 21, 4, tzinfo=UTC))
    parts = map(_part, range(PIECES // PART))
    _rows(workspace, pack(workspace, MAILING, parts, pieces=PIECES, ads={"A": "a.pdf"}, quotas={"A": PIECES}))
    return workspace, _list(folder / "returns.xlsx")


def _part(part: int) -> pa.Table:
    from yibao_cli.codes import piece_number

    at = range(part * PART, (part + 1) * PART)
    return pa.table(
        {
            "piece": [piece_number(i + 1) for i in at],
            "person_no": [f"{i:010d}" for i in at],
            "position": [i + 1 for i in at],
            "employer_no": [f"E{i * EMPLOYERS // PIECES:05d}" for i in at],
            "employer_name": [f"第{i * EMPLOYERS // PIECES}机械制造有限公司" for i in at],
            "county": [COUNTIES[i * len(COUNTIES) // PIECES] for i in at],
            "office": [f"投递局{i * 40 // PIECES}" for i in at],
            "walk": [f"{i * 900 // PIECES:04d}" for i in at],
            "address": [f"中山东路{i % ADDRESSES}号" for i in at],
            "postcode": ["050011"] * PART,
            "phone": ["13800000000"] * PART,
            "verdict": ["good"] * PART,
            "address_id": [i % ADDRESSES + 1 for i in at],
            "slot_a": ["ad:A"] * PART,
            "pages": [2] * PART,
        }
    )


def _rows(workspace: object, sha256: str) -> None:
    from yibao_cli.codes import piece_number
    from yibao_cli.store.schema import addresses, mailings, pieces, points

    state = {"kind": "medical", "state": "posted", "package_sha256": sha256, "posted_on": POSTED.isoformat()}
    blank = dict.fromkeys(("town", "village", "road", "road_no", "poi", "building"), "")
    where = {"county": "长安区", "division_code": "130102", "postcode": "050011", "street_key": "中山东路"}
    with workspace.engine.begin() as connection:
        connection.execute(insert(mailings).values(id=MAILING, **state))
        for start in range(0, ADDRESSES, 50_000):
            some = range(start, start + 50_000)
            names = {i: f"中山东路{i}号" for i in some}
            connection.execute(
                insert(points),
                [
                    {
                        "id": i + 1,
                        "key": names[i],
                        "standard": names[i],
                        "precision": "house",
                        **blank,
                        **where,
                    }
                    for i in some
                ],
            )
            entry = {
                "province": "河北省",
                "city": "石家庄市",
                "level": "house",
                "score": 1.0,
                "verdict": "good",
                "reasons": "[]",
            }
            entry |= {"postcode_given": "", "county_given": "", "source": "roster.xlsx", **where}
            connection.execute(
                insert(addresses),
                [
                    {
                        "id": i + 1,
                        "raw": names[i],
                        "standard": names[i],
                        "point_id": i + 1,
                        "read_key": names[i],
                        **entry,
                    }
                    for i in some
                ],
            )
        for start in range(0, PIECES, 50_000):
            connection.execute(
                insert(pieces), [_piece(i, piece_number(i + 1)) for i in range(start, start + 50_000)]
            )


def _piece(i: int, number: str) -> dict[str, object]:
    place = {"part": i // PART + 1, "position": i + 1, "copy": 0, "address_id": i % ADDRESSES + 1}
    county = COUNTIES[i * len(COUNTIES) // PIECES]
    return {
        "mailing": MAILING,
        "piece": number,
        "county": county,
        "employer_no": f"E{i * EMPLOYERS // PIECES:05d}",
        **place,
    }


def _list(path: Path) -> Path:
    import xlsxwriter

    from yibao_cli.codes import piece_number

    draw = random.Random(5)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("退信登记")
        sheet.write_row(0, 0, ("账单编号", "批次号", "退信日期", "退回原因", "备注"))
        for row, i in enumerate(draw.sample(range(PIECES), RETURNS), 1):
            day = POSTED + timedelta(days=draw.randrange(4, 40))
            sheet.write_row(row, 0, (piece_number(i + 1), MAILING, day.isoformat(), draw.choice(REASONS), ""))
    return path
