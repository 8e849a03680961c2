from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from builders import HOUSE, amounts_on, hexed, make_part, set_strings, strings_of, swap_codes
from yibao_cli.money import yuan
from yibao_cli.render.fonts import font
from yibao_cli.render.forms import form_digests
from yibao_cli.render.matching import match_texts
from yibao_cli.render.readback import Sample, What, _by_pdfium, expected_pages, read_back
from yibao_cli.render.reading import PrintFile, bare


def differences(part, pdf, *, proof=False, **options):
    return list(read_back(pdf, 1, expected(part, proof=proof), **options))


def expected(part, **options):
    return expected_pages(part.layout, part.values, form_digests(part.static), **options)


def by_structure(part, pdf):
    return differences(part, pdf, sample=Sample(0, 1))


def by_pdfium(part, pdf):
    with PrintFile(pdf) as file:
        return list(_by_pdfium(file, 1, enumerate(expected(part), 1)))


def told(part, pdf):
    return [(d.page, d.what) for d in differences(part, pdf)]


# ------------------------------------------------------------------ a right file gives nothing back


@pytest.mark.parametrize("lines", [0, 1, 11, 17, 34, 60])
def test_a_right_part_has_no_differences_whatever_its_number_of_lines(tmp_path, lines):
    part = make_part(8, lines)

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert found == []


def test_the_sum_of_hidden_lines_is_among_the_expected_amounts():
    part = make_part(1, 40)

    back = list(expected_pages(part.layout, part.values))[1]

    hidden = sum(part.lines["fund_paid"].to_pylist()[:7])  # 34 stand in the table, one of them the sum
    assert "此前 7 笔合计" in back.texts
    assert yuan(hidden) in back.amounts


def test_neighbouring_cells_without_room_between_them_stay_apart(tmp_path):
    wide = dict.fromkeys(("total", "fund_paid", "account_paid", "cash_paid"), 999_999_99)
    part = make_part(2, 34, line=wide)

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert found == []


def test_an_amount_too_wide_for_its_cell_is_found(tmp_path):
    part = make_part(1, 1, line={"total": 99_999_999_999_99})

    assert told(part, part.write(tmp_path / "part.pdf")) == [(2, What.AMOUNT)]


def test_strings_that_touch_stay_apart(edited):
    part = make_part(1)

    def touch(pdf):
        content = pdf.pages[0].Contents
        pair = f"BT /F400 9 Tf 1 0 0 1 50 50 Tm <{hexed('12.34')}>Tj <{hexed('56.78')}>Tj ET".encode()
        content.write(pair)

    with PrintFile(edited(part, touch)) as file, file.page(0) as page:
        shown = page.texts()

    assert shown == ["12.34", "56.78"]


def test_texts_that_break_and_cells_that_are_cut_compare_equal(tmp_path):
    part = make_part(
        2,
        change={
            0: {"address": "新疆维吾尔自治区巴音郭楞蒙古自治州博斯腾湖乡" * 3 + "12号楼 3 单元"},
            1: {"name": "阿依古丽·买买提·吐尔逊" * 2},
        },
        line={"institution": "河北省石家庄市桥西区振头街道社区卫生服务中心友谊大街南段分中心中医馆"},
    )

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert found == []


def test_a_text_that_was_cut_and_is_no_cell_is_told(tmp_path):
    part = make_part(2, change={1: {"employer_name": "石家庄（第一）棉纺织有限公司" * 9}})

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert {(d.piece, d.what) for d in found} == {(part.values.pieces[1], What.TEXT)}


def test_characters_beyond_the_basic_plane_compare_equal(tmp_path):
    part = make_part(2, change={0: {"name": "欧阳𠅤"}, 1: {"name": "王𬭎"}})

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert found == []


PRINTABLE = [chr(c) for c in sorted(font(700).face.unicodes) if not chr(c).isspace() and c > 0x20]


@settings(max_examples=15, deadline=None)
@given(name=st.text(st.sampled_from(PRINTABLE), min_size=1, max_size=8))
def test_every_character_of_the_font_comes_back(tmp_path_factory, name):
    part = make_part(1, 0, change={0: {"name": name}})

    found = differences(part, part.write(tmp_path_factory.mktemp("part") / "part.pdf"))

    assert found == []


def test_ligatures_and_hyphens_at_the_end_of_a_line_compare_equal(tmp_path):
    part = make_part(2, change={0: {"employer_name": "Star-", "name": "lee"}, 1: {"name": "ﬁﬄ-ﬆ"}})

    found = differences(part, part.write(tmp_path / "part.pdf"))

    assert found == []


# ------------------------------------------------------------------ static layer, ads and house panels


@pytest.fixture
def part_with_ads(tmp_path):
    canvas = Canvas(str(tmp_path / "sale.pdf"), pagesize=(652, 340), invariant=1)
    canvas.drawString(40, 40, "Now 12.00 instead of 1,234.50")
    canvas.save()
    return make_part(4, change={1: {"slot_a": "ad:C-01"}}, ads={"C-01": "sale.pdf"}, art_folder=tmp_path)


def test_an_amount_in_an_ad_is_no_amount_of_the_piece(part_with_ads, tmp_path):
    pdf = part_with_ads.write(tmp_path / "part.pdf")

    assert b"sale" not in pdf.read_bytes()
    assert differences(part_with_ads, pdf) == []


def test_an_amount_changed_into_one_that_an_ad_carries_is_found(part_with_ads, edited):
    def change(pdf):
        page = pdf.pages[3]
        strings = strings_of(page)
        strings[13] = hexed("1,234.50")
        set_strings(page, strings)

    assert told(part_with_ads, edited(part_with_ads, change)) == [(4, What.AMOUNT)]


def test_the_watermark_of_a_proof_is_no_text_of_the_piece(tmp_path):
    part = make_part(2)

    pdf = part.write(tmp_path / "part.pdf", proof=True)

    assert differences(part, pdf, proof=True) == []


def test_the_watermark_of_a_proof_is_found_on_what_is_no_proof(tmp_path):
    part = make_part(1)

    pdf = part.write(tmp_path / "part.pdf", proof=True)

    assert told(part, pdf) == [(1, What.FORM), (2, What.FORM)]


# ------------------------------------------------------------------ each way to be wrong is found


def swap(a, b):
    """Swap strings of two pages: a and b are (page, index)."""
    one, other = strings_of(a[0]), strings_of(b[0])
    assert one[a[1]] != other[b[1]]
    if a[0].objgen == b[0].objgen:
        one[a[1]], one[b[1]] = one[b[1]], one[a[1]]
        set_strings(a[0], one)
    else:
        one[a[1]], other[b[1]] = other[b[1]], one[a[1]]
        set_strings(a[0], one)
        set_strings(b[0], other)


def replace_string(page, index, string):
    strings = strings_of(page)
    strings[index] = string
    set_strings(page, strings)


def swap_contents(a, b):
    a.Contents, b.Contents = b.Contents, a.Contents


def flip_digit(page, index, draw):
    text = bytes.fromhex(strings_of(page)[index]).decode("utf-16-be")
    at = draw.choice([i for i, c in enumerate(text) if c.isdigit()])
    replace_string(page, index, hexed(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]))


# The address face shows postcode, address, employer, name, piece, employer number; the statement begins
# with the piece, and its amounts follow the seven texts of the head.
ADDRESS, NAME, PIECE = 1, 3, 4
OPENING, CLOSING = 7, 13

# What is done to the pages (front, back) of two pieces; how many of the two it touches.
MUTATIONS = {
    "statements swapped": (2, lambda a, b, draw: swap_contents(a[1], b[1])),
    "address faces swapped": (2, lambda a, b, draw: swap_contents(a[0], b[0])),
    "names swapped": (2, lambda a, b, draw: swap((a[0], NAME), (b[0], NAME))),
    "names on the statements swapped": (2, lambda a, b, draw: swap((a[1], 1), (b[1], 1))),
    "addresses swapped": (2, lambda a, b, draw: swap((a[0], ADDRESS), (b[0], ADDRESS))),
    "postcodes swapped": (2, lambda a, b, draw: swap((a[0], 0), (b[0], 0))),
    "piece numbers swapped": (2, lambda a, b, draw: swap((a[0], PIECE), (b[0], PIECE))),
    "closing balances swapped": (2, lambda a, b, draw: swap((a[1], CLOSING), (b[1], CLOSING))),
    "a line's amounts swapped": (
        2,
        lambda a, b, draw: swap((a[1], amounts_on(a[1])[-1]), (b[1], amounts_on(b[1])[-2])),
    ),
    "codes swapped": (2, lambda a, b, draw: swap_codes(a[0], b[0])),
    "opening and closing exchanged": (1, lambda a, b, draw: swap((a[1], OPENING), (a[1], CLOSING))),
    "a digit of an amount": (1, lambda a, b, draw: flip_digit(a[1], draw.choice(amounts_on(a[1])), draw)),
    "a text taken away": (1, lambda a, b, draw: replace_string(a[0], draw.randrange(6), None)),
    "an amount taken away": (1, lambda a, b, draw: replace_string(a[1], CLOSING, None)),
    "a text of another's added": (
        1,
        lambda a, b, draw: replace_string(
            a[0], NAME, f"{strings_of(a[0])[NAME]}>Tj <{strings_of(b[0])[NAME]}"
        ),
    ),
}


def mutated(pdf, pieces, seed):
    """Mutate 30 pairs of pieces, each in one way; returns (page, way) that must be found."""
    draw = random.Random(seed)
    order = list(range(len(pieces)))
    draw.shuffle(order)
    ways = (list(MUTATIONS) * 2)[:30]
    touched = {}
    for way, a, b in zip(ways, order[::2], order[1::2], strict=True):
        count, mutate = MUTATIONS[way]
        mutate(*([pdf.pages[2 * i], pdf.pages[2 * i + 1]] for i in (a, b)), draw)
        touched.update({pieces[i]: way for i in (a, b)[:count]})
    return touched


@pytest.mark.parametrize("reader", [by_structure, by_pdfium, differences])
@pytest.mark.parametrize("seed", [1, 2])
def test_thirty_mutations_of_sixty_pieces_are_all_found_and_nothing_else(edited, seed, reader):
    part = make_part(60, 5, change={i: {"variant": "standard"} for i in range(60)})
    touched = {}

    pdf = edited(part, lambda open_pdf: touched.update(mutated(open_pdf, part.values.pieces, seed)))
    found = {d.piece for d in reader(part, pdf)}

    assert {p: w for p, w in touched.items() if p not in found} == {}
    assert found - set(touched) == set()


def wrong(edited, mutation):
    # Of the bold face the file has what its closing balances need: those of a dozen pieces need all digits.
    part = make_part(12, 5, change={i: {"variant": "standard"} for i in range(12)})
    mutate = MUTATIONS[mutation][1]
    pdf = edited(part, lambda p: mutate(p.pages[:2], p.pages[2:4], random.Random(1)))
    return told(part, pdf)


@pytest.mark.parametrize(
    ("mutation", "expected"),
    [
        ("statements swapped", [(2, What.PIECE), (4, What.PIECE)]),
        ("names swapped", [(1, What.TEXT), (3, What.TEXT)]),
        ("closing balances swapped", [(2, What.AMOUNT), (4, What.AMOUNT)]),
        ("opening and closing exchanged", [(2, What.TEXT)]),
        ("codes swapped", [(1, What.CODE), (3, What.CODE)]),
        ("an amount taken away", [(2, What.AMOUNT)]),
    ],
)
def test_a_difference_says_what_differs_and_says_it_once(edited, mutation, expected):
    assert wrong(edited, mutation) == expected


def test_a_code_that_cannot_be_read_is_found(edited):
    part = make_part(1)

    def blot(pdf):
        content = pdf.pages[0].Contents
        content.write(
            re.sub(
                rb"ID [0-9a-f]*>", lambda m: re.sub(rb"[0-9a-f]{6}", b"000000", m[0]), content.read_bytes()
            )
        )

    assert told(part, edited(part, blot)) == [(1, What.CODE)]


def test_a_missing_and_a_surplus_page_are_found(edited):
    part = make_part(2)

    def shorten(pdf):
        del pdf.pages[3]

    def lengthen(pdf):
        pdf.pages.append(pdf.pages[0])

    assert told(part, edited(part, shorten)) == [(0, What.PAGES)]
    assert told(part, edited(part, lengthen)) == [(0, What.PAGES)]


# ------------------------------------------------------------------ damaged files


def test_a_file_that_is_no_pdf_or_is_not_there_is_a_difference(tmp_path):
    part = make_part(1)
    (tmp_path / "letter.pdf").write_bytes(b"Dear Sir")
    (tmp_path / "empty.pdf").write_bytes(b"")

    for name in ("letter.pdf", "empty.pdf", "absent.pdf"):
        assert told(part, tmp_path / name) == [(0, What.FILE)]
    assert told(part, tmp_path) == [(0, What.FILE)]


@settings(max_examples=12, deadline=None)
@given(share=st.floats(0, 0.97))
def test_a_file_cut_short_is_never_taken_for_whole(tmp_path_factory, share):
    part = make_part(3)
    pdf = part.write(tmp_path_factory.mktemp("part") / "part.pdf")
    whole = pdf.read_bytes()

    pdf.write_bytes(whole[: int(len(whole) * share)])

    assert differences(part, pdf) != []


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_flipped_bytes_never_end_in_a_traceback(tmp_path_factory, seed):
    part = make_part(2)
    pdf = part.write(tmp_path_factory.mktemp("part") / "part.pdf")
    draw = random.Random(seed)
    content = bytearray(pdf.read_bytes())
    for _ in range(40):
        content[draw.randrange(len(content))] = draw.randrange(256)
    pdf.write_bytes(content)

    found = differences(part, pdf)

    assert all(isinstance(d.what, What) for d in found)


# ------------------------------------------------------------------ nothing personal in a message


def test_no_detail_shows_a_name_an_address_or_an_amount(edited):
    part = make_part(60, 5, change={i: {"variant": "standard"} for i in range(60)})
    pdf = edited(part, lambda p: mutated(p, part.values.pieces, 3))

    said = " ".join(d.detail for d in differences(part, pdf))

    for field in ("name", "address", "person_no", "id_number"):
        assert not any(value in said for value in part.pieces[field].to_pylist())
    assert not any(yuan(value) in said for value in part.pieces["closing"].to_pylist())


# ------------------------------------------------------------------ matching

TEXT = st.text("ab…", min_size=1, max_size=3)


@given(shown=st.lists(TEXT, max_size=8), wanted=st.lists(TEXT, max_size=8))
def test_matching_loses_no_string_and_no_text(shown, wanted):
    matched = match_texts(shown, wanted)

    assert sorted("".join([*matched.runs, *matched.extra])) == sorted("".join(shown))
    assert len(matched.runs) + len(matched.missing) == len(wanted)


@given(wanted=st.lists(TEXT, max_size=8), draw=st.randoms(use_true_random=False))
def test_texts_broken_anywhere_match_in_order(wanted, draw):
    shown = []
    for text in wanted:
        at = draw.randrange(len(text))
        shown += [piece for piece in (text[:at], text[at:]) if piece]

    matched = match_texts(shown, wanted)

    assert (matched.missing, matched.extra) == ([], [])


def test_a_cut_text_needs_at_least_its_first_character():
    assert match_texts(["石家…"], ["石家庄市"]).missing == []
    assert match_texts(["…"], ["石家庄市"]).missing == ["石家庄市"]
    assert match_texts(["唐山…"], ["石家庄市"]).missing == ["石家庄市"]


def test_only_texts_after_those_that_must_be_whole_may_be_cut():
    wanted = ["赵建国", "石家庄市"]

    assert match_texts(["赵建国", "石家…"], wanted, 1).in_order
    assert match_texts(["赵…", "石家…"], wanted, 1).missing == ["赵建国"]
    assert match_texts(["石家…", "赵…"], wanted, 1).missing == ["赵建国"]


def test_white_space_does_not_count():
    assert bare(" 1 2\t.\u30003\n") == "12.3"


def test_an_expectation_written_by_hand_works_too(tmp_path):
    part = make_part(1)
    front, back = expected_pages(part.layout, part.values)
    wanted = [front, replace(back, amounts=(*back.amounts, "1.00"))]

    found = list(read_back(part.write(tmp_path / "part.pdf"), 7, wanted))

    assert [(d.part, d.page, d.piece, d.what) for d in found] == [(7, 2, back.piece, What.AMOUNT)]
    assert HOUSE["slot_a"] in part.values.values["standard", 1].art["A"]
