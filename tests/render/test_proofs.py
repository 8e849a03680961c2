from __future__ import annotations

import stat

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from builders import make_part
from yibao_cli.errors import InputRefused, InternalError, OutputError
from yibao_cli.render.proofs import contact_sheet, page_images, pick_extremes
from yibao_cli.render.reading import PrintFile

NAMES = ("name", "closing")


def pieces_of(*rows):
    """Pieces with what the test is about; the rest is alike in all."""
    plain = {
        "name": "张三",
        "address": "建设北大街12号",
        "closing": 100,
        "variant": "standard",
        "slot_a": "house:card-care",
        "slot_b": "house:card-care",
        "slot_c": "house:card-care",
    }
    return pa.Table.from_pylist([{**plain, **row} for row in rows])


def reasons_of(pieces, lines=None, count=0):
    return dict(pick_extremes(pieces, lines or [1] * pieces.num_rows, NAMES, count, 1))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"name": "阿依古丽·买买提"}, "longest name"),
        ({"address": "建设北大街12号阳光小区"}, "longest address"),
        ({"closing": 200}, "largest amount"),
        ({"closing": 99}, "smallest amount"),
        ({"closing": -1}, "smallest amount, negative amount"),
        ({"variant": "large"}, "variant: large type"),
        ({"slot_b": "ad:C-07"}, "panel B: ad C-07"),
        ({"name": "王𬭎"}, "rare characters"),
        ({"address": "㐂村12号"}, "rare characters"),
    ],
)
def test_an_extreme_is_picked_for_its_reason(row, reason):
    pieces = pieces_of({}, {}, row, {})

    picked = reasons_of(pieces)

    assert reason in picked[2]


def test_pieces_with_most_lines_and_with_none_are_picked():
    picked = reasons_of(pieces_of({}, {}, {}, {}), lines=[3, 12, 0, 3])

    assert "most lines" in picked[1]
    assert "no lines" in picked[2]


def test_ordinary_names_and_full_width_brackets_are_not_rare():
    picked = reasons_of(pieces_of({"name": "阿依古丽·买买提", "address": "阳光小区（三期）"}))

    assert "rare characters" not in picked[0]


def test_a_row_with_several_reasons_stands_once_with_all_of_them():
    picked = pick_extremes(pieces_of({"closing": 5}), [0], NAMES, 1, 1)

    assert [row for row, _ in picked] == [0]
    assert picked[0][1].startswith("first piece, last piece, longest name")


def test_of_many_parts_ten_places_where_they_meet_are_shown_the_first_and_the_last_among_them():
    few, many = (pieces_of(*({"part": 1 + n // 2} for n in range(2 * parts))) for parts in (5, 100))

    meetings = {row for row, reason in reasons_of(many).items() if "of part" in reason}

    assert len([r for r in reasons_of(few).values() if "first of part" in r]) == 4
    assert len(meetings) == 20
    assert {1, 2, 197, 198} <= meetings
    assert all({row - 1, row + 1} & meetings for row in meetings)


def test_a_table_without_addresses_variants_or_slots_will_do():
    pieces = pa.table({"name": ["张三", "李四光"], "closing": [1, None]})

    picked = reasons_of(pieces)

    assert "longest name" in picked[1]


def test_no_pieces_give_no_proof():
    assert pick_extremes(pieces_of({}).slice(0, 0), [], NAMES, 20, 1) == []


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.text("张王李𬭎·", min_size=1, max_size=4),
            "closing": st.integers(-500, 500),
            "variant": st.sampled_from(["standard", "large"]),
            "slot_c": st.sampled_from(["ad:1", "ad:2", "house:keep-well"]),
        }
    ),
    min_size=1,
    max_size=30,
)


@given(rows=ROWS, count=st.integers(0, 40), seed=st.integers(0, 9))
def test_picks_are_single_stable_and_fill_up_to_the_count(rows, count, seed):
    pieces, lines = pieces_of(*rows), [1] * len(rows)

    picked = pick_extremes(pieces, lines, NAMES, count, seed)

    numbers = [row for row, _ in picked]
    extremes = [row for row, reason in picked if reason != "random sample"]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == max(len(extremes), min(count, len(rows)))
    assert picked == pick_extremes(pieces, lines, NAMES, count, seed)
    assert {rows[n]["slot_c"] for n in extremes} == {row["slot_c"] for row in rows}


def test_another_seed_gives_another_sample():
    pieces = pieces_of(*[{}] * 200)

    samples = {tuple(pick_extremes(pieces, [1] * 200, NAMES, 10, seed)) for seed in range(4)}

    assert len(samples) > 1


# ------------------------------------------------------------------ pictures


def sheets(*reasons):
    """Reasons of pieces of two pages each."""
    return [(2, reason) for reason in reasons]


def ink(picture):
    """How much of a picture is dark, inside of the line around it."""
    gray = np.asarray(picture.convert("L"), dtype=int)[3:-3, 3:-3]
    return int((255 - gray).sum() // 255)


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    return make_part(2).write(tmp_path_factory.mktemp("proof") / "proof.pdf", proof=True)


def test_a_contact_sheet_shows_front_and_back_of_every_piece_in_one_row(proof, tmp_path):
    paths = contact_sheet(proof, sheets("最长的姓名", "没有交易"), tmp_path / "sheet.png")

    with Image.open(paths[0]) as sheet:
        width, height = sheet.size
        inked = [sheet.crop((x, 20, x + 250, 400)).convert("L").getextrema()[0] for x in (20, 310, 620, 910)]
    assert paths == [tmp_path / "sheet.png"]
    assert width == 1200
    assert height > 400
    assert max(inked) < 200
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_captions_differ_with_their_reasons(proof, tmp_path):
    one = contact_sheet(proof, sheets("最长的姓名", ""), tmp_path / "one.png")[0]
    other = contact_sheet(proof, sheets("没有交易", ""), tmp_path / "other.png")[0]
    long = contact_sheet(proof, sheets("很长的理由，" * 30, ""), tmp_path / "long.png")[0]

    assert len({p.read_bytes() for p in (one, other, long)}) == 3


def test_more_than_24_pieces_take_several_sheets_of_bounded_width(tmp_path):
    pdf = make_part(25, 0).write(tmp_path / "proof.pdf")

    paths = contact_sheet(pdf, sheets(*["random sample"] * 25), tmp_path / "sheet.png")

    assert [p.name for p in paths] == ["sheet-1.png", "sheet-2.png"]
    for path in paths:
        with Image.open(path) as sheet:
            assert sheet.width <= 2400


def test_the_same_proof_gives_the_same_picture(proof, tmp_path):
    first = contact_sheet(proof, sheets("a", "b"), tmp_path / "1.png")[0].read_bytes()
    second = contact_sheet(proof, sheets("a", "b"), tmp_path / "2.png")[0].read_bytes()

    assert first == second


@pytest.mark.parametrize("pieces", [[(2, "a")], [(2, "a"), (4, "b")], [(2, "a"), (1, "b")]])
def test_reasons_that_do_not_fit_the_pages_are_a_bug(proof, tmp_path, pieces):
    with pytest.raises(InternalError):
        contact_sheet(proof, pieces, tmp_path / "sheet.png")


def test_of_a_piece_of_many_pages_the_first_three_and_the_last_are_shown(tmp_path):
    part = make_part(2, change={0: {"lines": 250}, 1: {"lines": 0}}, kind="medical-dl")
    pdf = part.write(tmp_path / "proof.pdf")
    pages = [len(plans) for plans in part.values.plans]

    (sheet,) = contact_sheet(pdf, [(n, "") for n in pages], tmp_path / "sheet.png", 2)

    assert pages == [6, 2]
    with Image.open(sheet) as shown, PrintFile(pdf) as file:
        assert shown.width == 2400
        inside = (1200 - 24) // 4
        for place, number in enumerate((0, 1, 2, 5)):  # of the first piece; the sixth is the blank back
            with file.page(number) as page:
                want = page.picture(inside / page.size[0] * 25.4)
            left = 12 + place * inside
            found = shown.crop((left, 12, left + inside, 12 + round(inside * 297 / 210)))
            assert ink(found) == pytest.approx(ink(want), rel=0.15, abs=500)


def test_page_images_are_private_numbered_and_of_the_resolution(proof, tmp_path):
    paths = page_images(proof, tmp_path, 50)

    assert [p.name for p in paths] == [f"page-{n:04d}.png" for n in (1, 2, 3, 4)]
    assert {stat.S_IMODE(p.stat().st_mode) for p in paths} == {0o600}
    with Image.open(paths[0]) as page:
        assert page.size == (pytest.approx(230 / 25.4 * 50, abs=1), pytest.approx(360 / 25.4 * 50, abs=1))


def test_an_open_file_of_another_time_does_not_keep_its_mode(proof, tmp_path):
    (tmp_path / "page-0001.png").touch(0o644)

    paths = page_images(proof, tmp_path, 20)

    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_what_cannot_be_read_or_written_is_said(proof, tmp_path):
    (tmp_path / "no.pdf").write_bytes(b"no")

    with pytest.raises(InputRefused):
        page_images(tmp_path / "no.pdf", tmp_path, 50)
    with pytest.raises(OutputError):
        page_images(proof, tmp_path / "absent", 20)
