"""A workspace of 700,000 pieces without their statements: what looking one of them up needs, and no more."""

# ruff: noqa: PLC0415 - run.py lists the benchmarks without loading what they measure

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from packed import pack
from sqlalchemy import insert

PIECES, PART, BUNDLE = 700_000, 1000, 100
EMPLOYERS = 4_000
MAILING = "2026Q3"


def tracked_workspace(folder: Path) -> object:
    """A posted mailing: package, pieces, tracking numbers, reprints, trail; every 100 pieces a bundle."""
    from yibao_cli.jobs.setup.starting import init_workspace
    from yibao_cli.jobs.workspace import open_workspace

    init_workspace(folder / "ws", "medical", sample=True)
    settings = folder / "ws" / "yibao.toml"
    text = settings.read_text(encoding="utf-8").replace("posting = ", 'deliver = "employer"\nposting = ', 1)
    settings.write_text(text, encoding="utf-8")
    workspace = open_workspace(folder / "ws", datetime(2026, 11, 10, 4, tzinfo=UTC))
    _rows(workspace, pack(workspace, MAILING, map(_part, range(PIECES // PART)), pieces=PIECES))
    return workspace


def _part(part: int) -> pa.Table:
    from yibao_cli.codes import piece_number

    at = range(part * PART, (part + 1) * PART)
    employer = [i * EMPLOYERS // PIECES for i in at]
    family = "张王李赵刘陈杨黄周吴"
    return pa.table(
        {
            "piece": [piece_number(i + 1) for i in at],
            "row_id": list(at),
            "position": [i + 1 for i in at],
            "name": [f"{family[i % 10]}{family[i // 10 % 10]}{family[i // 100 % 10]}" for i in at],
            "bundle": pa.array([i // BUNDLE + 1 for i in at], pa.int32()),
            "bag": pa.array([i // (BUNDLE * 40) + 1 for i in at], pa.int32()),
            "employer_no": [f"E{e:05d}" for e in employer],
            "employer_name": [f"石家庄第{e}机械制造有限公司" for e in employer],
            "employer_address": [f"石家庄市长安区中山东路{e}号" for e in employer],
            "employer_postcode": [f"0500{e % 60:02d}" for e in employer],
            "delivery_mode": ["门到门" for _e in employer],
            "county": ["长安区" for _e in employer],
            "street_key": [f"中山东路{e:06d}" for e in employer],
            "pages": [2] * PART,
        }
    )


def _rows(workspace: object, sha256: str) -> None:
    from yibao_cli.codes import piece_number
    from yibao_cli.mailing.tracking import Series
    from yibao_cli.store import audit
    from yibao_cli.store.post_schema import events, tracking_numbers
    from yibao_cli.store.schema import mailings, pieces

    draw = random.Random(1)
    series = Series("cn13", "XA", "31", True)
    state = {"kind": "medical", "state": "posted", "package_sha256": sha256, "posted_on": "2026-10-08"}
    with workspace.engine.begin() as connection:
        connection.execute(insert(mailings).values(id=MAILING, **state))
        for start in range(0, PIECES, 50_000):
            numbers = [piece_number(i + 1) for i in range(start, start + 50_000)]
            rows = [_piece(start + i, n) for i, n in enumerate(numbers)]
            connection.execute(insert(pieces), rows)
            given = [
                {
                    "mailing": MAILING,
                    "member": f"person_no={start + i}",
                    "piece": n,
                    "assigned_on": "2026-10-01",
                }
                | {"number": series.number(start + i)}
                for i, n in enumerate(numbers)
            ]
            connection.execute(insert(tracking_numbers), given)
        about = {"mailing": MAILING, "scope": "piece", "copy": 0, "event": "spoiled", "day": "2026-10-07"}
        about |= {"at": "2026-10-07T01:00:00+00:00", "operator": "li", "facts": "{}"}
        spoiled = [{**about, "subject": piece_number(draw.randrange(PIECES) + 1)} for _ in range(20_000)]
        connection.execute(insert(events), spoiled)
        audit.record(
            connection, at=workspace.stamp, command="merge", mailing=MAILING, facts={"package": sha256}
        )
        facts = {f"part-{n:04d}": "0" * 64 for n in range(1, PIECES // PART + 1)}
        audit.record(connection, at=workspace.stamp, command="render", mailing=MAILING, facts=facts)


def _piece(i: int, number: str) -> dict[str, object]:
    return {
        "mailing": MAILING,
        "piece": number,
        "part": i // PART + 1,
        "position": i + 1,
        "copy": 0,
        "address_id": i,
        "county": "长安区",
        "employer_no": f"E{i * EMPLOYERS // PIECES:05d}",
    }


if __name__ == "__main__":
    tracked_workspace(Path(sys.argv[1]))
