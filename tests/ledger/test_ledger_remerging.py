"""What a mailing merged again has against the package before: by member, and by what of him changed."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from yibao_cli.ledger.remerging import Remerge, compare_pieces


def package(folder, *parts):
    """Parts of (member, closing, lines of (day, amount)) as a package's files."""
    folder.mkdir()
    for number, rows in enumerate(parts, 1):
        pieces, lines = [], []
        for member, closing, own in rows:
            place = {"part": number, "line_start": len(lines), "line_stop": len(lines) + len(own)}
            pieces.append({"person_no": member, "closing": closing, "position": len(pieces), **place})
            lines += [{"traded_on": day, "total": total} for day, total in own]
        pq.write_table(pa.Table.from_pylist(pieces), folder / f"pieces-{number:04d}.parquet")
        schema = pa.schema([("traded_on", pa.string()), ("total", pa.int64())])
        pq.write_table(pa.Table.from_pylist(lines, schema), folder / f"lines-{number:04d}.parquet")
    return folder


A = ("A", 100, [("2026-07-01", 5), ("2026-07-02", 6)])
B = ("B", 200, [])
C = ("C", 300, [("2026-07-01", 5)])


def compared(tmp_path, before, after):
    old, new = package(tmp_path / "old", *before), package(tmp_path / "new", *after)
    return compare_pieces(old, new, "person_no", tmp_path)


def test_another_order_and_other_parts_are_no_change(tmp_path):
    assert compared(tmp_path, [[A, B, C]], [[C, B], [A]]) == Remerge(same=3)


def test_new_gone_and_changed_pieces_are_counted_with_what_changed(tmp_path):
    other = ("C", 301, [("2026-07-01", 4)])

    found = compared(tmp_path, [[A, B], [C]], [[other, A], [("D", 1, [])]])

    assert found == Remerge(new=1, gone=1, changed=1, same=1, fields={"closing": 1, "lines": 1})


def test_a_line_that_goes_to_the_neighbour_changes_both(tmp_path):
    before = [[("A", 1, [("2026-07-01", 5)]), ("B", 2, [])]]
    after = [[("A", 1, []), ("B", 2, [("2026-07-01", 5)])]]

    assert compared(tmp_path, before, after) == Remerge(changed=2, fields={"lines": 2})
