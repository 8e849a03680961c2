from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
import uharfbuzz as hb
from font_builders import LOW, SQUARE, collection, extracted, ink, make_font, page_of, saved

from yibao_cli.errors import SettingsError
from yibao_cli.kinds.page import FontPlan
from yibao_cli.render import faces
from yibao_cli.render.faces import checked_font, font_digests, font_set
from yibao_cli.render.fonts import BOLD, REGULAR, font

RARE = "\U00031234"
RESTRICTED, PRINT, EDITABLE, NO_SUBSET, BITMAP = 0x2, 0x4, 0x8, 0x100, 0x200


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """What is pinned for a test goes with it; the shipped font stays where it is."""
    pinned = {weight: font(weight).path for weight in (REGULAR, BOLD)}
    monkeypatch.setattr("yibao_cli.render.fonts.pinned_font", pinned.__getitem__)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def plan_of(builder, path, **kwargs):
    return FontPlan(body=str(saved(builder, path)), **kwargs)


def height(face, char):
    place = face.place(char)
    return abs(place.file.metrics.get_glyph_extents(place.glyph).height)


def test_without_a_plan_both_faces_are_the_shipped_font():
    made = font_set(FontPlan())

    for weight in (REGULAR, BOLD):
        assert made.font("body", weight) is font(weight)
        assert made.font("second", weight) is font(weight)


def test_a_set_is_made_once():
    assert font_set(FontPlan()) is font_set(FontPlan())


def test_opening_the_shipped_fonts_loads_no_fallback_and_no_font_editor():
    code = (
        "import sys; from yibao_cli.kinds.page import FontPlan; from yibao_cli.render.faces import font_set;"
        "from yibao_cli.render.fonts import embedded; f = font_set(FontPlan()).font('body', 400);"
        "f.width('王 A', 9), f.missing('王 A'), embedded(f, '王 A');"
        "assert f.fallbacks and not any('face' in vars(b) for b in f.fallbacks);"
        "assert not any(m.split('.')[0] == 'fontTools' for m in sys.modules); f.missing('\U00020bb7');"
        "assert [('face' in vars(b)) for b in f.fallbacks] == [True, True, False]"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_each_face_takes_its_own_file(tmp_path):
    files = {
        name: str(saved(make_font({"王": (0, 0, 800, 100 * i)}, name=name), tmp_path / f"{name}.ttf"))
        for i, name in enumerate(("body", "body_bold", "second", "second_bold"), 1)
    }
    made = font_set(FontPlan(**files))

    heights = [height(made.font(f, w), "王") for f in ("body", "second") for w in (REGULAR, BOLD)]

    assert heights == [100, 200, 300, 400]
    assert [made.font("second", w).name for w in (REGULAR, BOLD)] == ["second-400", "secondbold-700"]


def test_a_second_face_that_is_not_configured_is_the_body(tmp_path):
    made = font_set(plan_of(make_font({"王": LOW}), tmp_path / "body.ttf"))

    assert made.font("second", REGULAR) is made.font("body", REGULAR)
    assert made.font("second", BOLD) is made.font("body", BOLD)


def test_bold_of_a_static_font_without_a_bold_file_is_the_font_itself(tmp_path):
    made = font_set(plan_of(make_font({"王": LOW}), tmp_path / "body.ttf"))

    regular, bold = made.font("body", REGULAR), made.font("body", BOLD)

    assert bold == regular


def test_a_variable_font_is_drawn_at_each_weight(tmp_path):
    light, heavy = (0, 0, 800, 100), (0, 0, 800, 900)
    made = font_set(plan_of(make_font({"王": light}, weights=(light, heavy)), tmp_path / "variable.ttf"))

    regular, bold = made.font("body", REGULAR), made.font("body", BOLD)

    assert height(regular, "王") == pytest.approx(100 + 800 * 300 / 800, abs=1)
    assert height(bold, "王") == pytest.approx(100 + 800 * 600 / 800, abs=1)
    assert not bold.face.axis_infos
    assert bold.name == "Tiny-700"


def test_a_variable_font_gives_the_heaviest_weight_it_has(tmp_path):
    weights = (0, 0, 800, 100), (0, 0, 800, 900)
    builder = make_font({"王": weights[0]}, weights=weights, heaviest=500)

    face = font_set(plan_of(builder, tmp_path / "light.ttf")).font("body", BOLD)

    assert height(face, "王") == 900


def test_a_variable_face_of_a_collection_is_the_one_that_is_named(tmp_path):
    boxes = [((0, 0, 800, 100 * i), (0, 0, 800, 100 * i)) for i in (1, 2)]
    file = collection(tmp_path / "v.ttc", *(make_font({"王": w[0]}, weights=w) for w in boxes))

    heights = [height(font_set(FontPlan(body=f"{file}#{i}")).font("body", BOLD), "王") for i in (0, 1)]

    assert heights == [100, 200]


def test_a_variable_fallback_is_drawn_at_the_weight_of_the_text(tmp_path):
    light, heavy = (0, 0, 800, 100), (0, 0, 800, 900)
    rare = saved(make_font({RARE: light}, weights=(light, heavy)), tmp_path / "rare.ttf")
    made = font_set(FontPlan(fallback=(str(rare),)))

    assert height(made.font("body", REGULAR), RARE) == pytest.approx(400, abs=1)
    assert height(made.font("body", BOLD), RARE) == pytest.approx(700, abs=1)


def test_fallbacks_are_asked_in_order_and_the_shipped_fonts_last(tmp_path):
    first = saved(make_font({"甲": (0, 0, 800, 10)}), tmp_path / "1.ttf")
    second = saved(make_font(dict.fromkeys("甲乙", (0, 0, 800, 20))), tmp_path / "2.otf")
    plan = plan_of(make_font({"王": LOW}), tmp_path / "0.ttf", fallback=(str(first), str(second)))

    face = font_set(plan).font("body", REGULAR)

    assert [height(face, c) for c in "王甲乙"] == [200, 10, 20]
    assert face.missing("王甲乙丙𠮷") == ()
    assert face.place("丙").file.path.name.startswith("NotoSansSC")


def test_configured_fallbacks_complete_the_shipped_font(tmp_path):
    rare = saved(make_font({RARE: SQUARE, "王": LOW}), tmp_path / "rare.ttf")

    face = font_set(FontPlan(fallback=(str(rare),))).font("body", REGULAR)

    assert font().missing(RARE) == (RARE,)
    assert face.missing(f"王{RARE}𠮷") == ()
    assert face.place("王").file.path == font().path


def test_a_mapped_empty_glyph_is_missing_but_white_space_is_not(tmp_path):
    empty = dict.fromkeys((" ", "\u3000", "\u200b", "\u3164", RARE))
    face = font_set(plan_of(make_font({"王": SQUARE, **empty}), tmp_path / "blank.ttf")).font("body", REGULAR)

    assert face.missing("".join(empty)) == (RARE,)


def test_a_mapped_empty_glyph_is_drawn_by_the_next_font(tmp_path):
    face = font_set(plan_of(make_font({"王": None, "A": SQUARE}), tmp_path / "blank.ttf")).font(
        "body", REGULAR
    )

    pdf = page_of(face, "王")

    assert extracted(pdf) == "王"
    assert ink(pdf, 10, 30) is not None


@pytest.mark.parametrize(
    ("index", "box"), [("", (12, 100, 28, 116)), ("#0", (12, 100, 28, 116)), ("#1", (12, 100, 28, 104))]
)
def test_a_face_of_a_collection_is_chosen_by_number(tmp_path, index, box):
    builders = (make_font({"王": SQUARE}, name="One"), make_font({"王": LOW}, name="Two"))
    file = collection(tmp_path / "two.ttc", *builders)

    face = font_set(FontPlan(body=f"{file}{index}")).font("body", REGULAR)

    assert ink(page_of(face, "王"), 0, 200) == pytest.approx(box, abs=0.3)
    assert face.name == ("Two-400" if index == "#1" else "One-400")


def refused(named):
    with pytest.raises(SettingsError) as caught:
        font_set(FontPlan(body=str(named)))
    assert caught.value.where == str(named)
    assert caught.value.remedy
    return caught.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "no such file" in refused(tmp_path / "none.ttf")


def test_a_folder_is_refused(tmp_path):
    assert "it is a folder" in refused(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"wOF2" + bytes(100), b"%!PS-AdobeFont-1.0", b"PK\3\4" + bytes(100)]
)
def test_what_is_no_font_is_refused(tmp_path, content):
    (tmp_path / "no.ttf").write_bytes(content)

    assert "no TrueType or OpenType font" in refused(tmp_path / "no.ttf")


@pytest.mark.parametrize("kept", [4, 60, 300])
def test_a_damaged_font_is_refused(tmp_path, kept):
    whole = saved(make_font({"王": SQUARE}), tmp_path / "whole.ttf").read_bytes()
    (tmp_path / "cut.ttf").write_bytes(whole[:kept])

    assert "damaged" in refused(tmp_path / "cut.ttf")


def test_a_face_that_a_collection_does_not_have_is_refused(tmp_path):
    file = collection(tmp_path / "two.ttc", make_font({"王": SQUARE}), make_font({"王": LOW}))

    assert refused(f"{file}#2") == "the font file has 2 faces, the last is number 1"


@pytest.mark.parametrize(
    ("bits", "reason"),
    [
        (RESTRICTED, "forbid embedding it"),
        (NO_SUBSET, "forbid embedding a part"),
        (PRINT | NO_SUBSET, "forbid embedding a part"),
        (BITMAP, "only its bitmaps"),
        (EDITABLE | BITMAP, "only its bitmaps"),
    ],
)
def test_a_font_whose_licence_bits_forbid_what_we_do_is_refused(tmp_path, bits, reason):
    assert reason in refused(saved(make_font({"王": SQUARE}, fs_type=bits), tmp_path / "bits.ttf"))


@pytest.mark.parametrize("bits", [0, PRINT, EDITABLE, RESTRICTED | PRINT, RESTRICTED | EDITABLE])
def test_a_font_that_may_be_printed_is_taken(tmp_path, bits):
    file = saved(make_font({"王": SQUARE}, fs_type=bits), tmp_path / "bits.ttf")

    assert checked_font(str(file)).glyph("王")


def test_a_font_without_licence_bits_is_taken(tmp_path):
    builder = make_font({"王": SQUARE})
    del builder.font["OS/2"]

    assert checked_font(str(saved(builder, tmp_path / "old.ttf"))).glyph("王")


def test_a_font_without_outlines_is_refused(tmp_path):
    assert "no outlines" in refused(saved(make_font({"王": None, " ": None}), tmp_path / "empty.ttf"))
    builder = make_font({"王": SQUARE})
    del builder.font["glyf"], builder.font["loca"]

    assert "no outlines" in refused(saved(builder, tmp_path / "bare.ttf"))


def test_a_file_of_absurd_size_is_refused_unread(tmp_path):
    file = saved(make_font({"王": SQUARE}), tmp_path / "big.ttf")
    with file.open("r+b") as stream:
        stream.truncate(faces._LARGEST + 1)

    assert "larger than 200 MB" in refused(file)


@pytest.mark.parametrize("name", ["body", "body_bold", "second", "second_bold"])
def test_every_configured_font_is_checked_at_once(tmp_path, name):
    with pytest.raises(SettingsError, match="no such file"):
        font_set(FontPlan(**{name: str(tmp_path / "none.ttf")}))


def test_every_fallback_is_checked_at_once(tmp_path):
    good = str(saved(make_font({"王": SQUARE}), tmp_path / "good.ttf"))

    with pytest.raises(SettingsError, match="no such file"):
        font_set(FontPlan(fallback=(good, str(tmp_path / "none.ttf"))))


def test_digests_name_every_file_that_may_draw(tmp_path):
    body = saved(make_font({"王": SQUARE}), tmp_path / "body.ttf")
    both = collection(tmp_path / "two.ttc", make_font({"王": SQUARE}), make_font({"王": LOW}))

    digests = font_digests(FontPlan(body=str(body), second=f"{both}#1", fallback=(f"{both}#0",)))

    shipped = {f"NotoSans{script}[wght].ttf" for script in ("SC", "TC", "JP", "KR")}
    assert set(digests) == {str(body), str(both), *shipped}
    assert digests[str(body)] == hashlib.sha256(body.read_bytes()).hexdigest()
    assert len({*digests.values()}) == len(digests)


def test_an_exchanged_font_changes_its_digest_and_no_other(tmp_path):
    plan = plan_of(make_font({"王": SQUARE}), tmp_path / "body.ttf")
    before = font_digests(plan)

    saved(make_font({"王": LOW}), tmp_path / "body.ttf")

    after = font_digests(plan)
    assert {name for name in after if after[name] != before[name]} == {plan.body}


def test_the_digest_of_a_file_that_went_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="no such file"):
        font_digests(FontPlan(body=str(tmp_path / "gone.ttf")))


def test_an_exchanged_variable_font_is_pinned_anew(tmp_path):
    light, heavy = (0, 0, 800, 100), (0, 0, 800, 900)
    first = font_set(plan_of(make_font({"王": light}, weights=(light, heavy)), tmp_path / "v.ttf"))
    before = first.font("body", REGULAR).path
    faces._font.cache_clear()

    second = font_set(plan_of(make_font({"乙": light}, weights=(light, heavy)), tmp_path / "v.ttf"))

    assert second.font("body", REGULAR).path != before
    assert hb.Face(hb.Blob.from_file_path(str(second.font("body", REGULAR).path))).unicodes
