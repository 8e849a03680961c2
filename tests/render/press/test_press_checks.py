"""The press checker on files with one thing wrong: each check is shown to fail, and to fail alone."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from builders_press import PIECES, press_bytes
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Stream, String

import yibao_cli.render.press
from yibao_cli.render.press import check_file, check_forbidden
from yibao_cli.render.press.checks import CHECKS, check_press
from yibao_cli.render.press.icc import load_intent
from yibao_cli.render.press.pressfile import inherited
from yibao_cli.render.press.scanning import DEVICE_CMYK, DEVICE_GRAY, DEVICE_RGB, colour_uses, parsed_uses

needs_qpdf = pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
needs_poppler = pytest.mark.skipif(not shutil.which("pdfinfo"), reason="poppler is not installed")

# ------------------------------------------------------------------ right files


def test_a_right_file_passes_every_check(right):
    assert check_press(right) == []


def test_a_right_file_in_cmyk_passes_every_check(tmp_path, cmyk_path):
    path = tmp_path / "right.pdf"
    path.write_bytes(press_bytes(intent=load_intent(str(cmyk_path))))

    assert check_press(path) == []


def test_equal_input_gives_equal_bytes(right_bytes):
    assert press_bytes() == right_bytes


@needs_qpdf
def test_another_reader_finds_no_fault(right):
    found = subprocess.run(["qpdf", "--check", right], capture_output=True, text=True, check=False)

    assert found.returncode == 0
    assert "No syntax or stream encoding errors found" in found.stdout


@needs_poppler
def test_pdfinfo_says_that_it_is_pdf_vt(right):
    found = subprocess.run(["pdfinfo", right], capture_output=True, text=True, check=True)

    assert re.search(r"PDF subtype:\s+PDF/VT-1", found.stdout)


@pytest.mark.parametrize(("pieces", "each"), [(PIECES[:1], 1), (PIECES, 5)])
def test_a_file_of_one_page_and_one_of_many_pass(tmp_path, pieces, each):
    path = tmp_path / "right.pdf"
    path.write_bytes(press_bytes(pieces, each))

    assert check_press(path) == []


# ------------------------------------------------------------------ one thing wrong


class Raw:
    """A change of the bytes of a file."""

    def __init__(self, change):
        self.change = change


class Saved:
    """A way to save a file; pikepdf's options."""

    def __init__(self, **options):
        self.options = options


def meta(old, new):
    def change(pdf):
        packet = pdf.Root.Metadata.read_bytes()
        assert len(re.findall(old, packet, re.DOTALL)) == 1, old
        pdf.Root.Metadata.write(re.sub(old, new, packet, count=1, flags=re.DOTALL))

    return change


def drop(prefixed):
    return meta(rf"<{prefixed}>.*?</{prefixed}>".encode(), b"")


def put(where, key, value):
    """Set a key of an object; where: from the open file to the object."""

    def change(pdf):
        where(pdf)[key] = value(pdf) if callable(value) else value

    return change


def cut(where, key):
    def change(pdf):
        del where(pdf)[key]

    return change


def content(text):
    def change(pdf):
        page = pdf.pages[2]
        page.Contents.write(page.Contents.read_bytes() + text)

    return change


def resource(kind, value):
    return put(lambda pdf: pdf.pages[0].Resources, f"/{kind}", lambda pdf: Dictionary({"/N0": value(pdf)}))


def form(text, **keys):
    return lambda pdf: Stream(pdf, text, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], **keys)


def image(**keys):
    entries = {"Width": 1, "Height": 1, "BitsPerComponent": 8, "ColorSpace": Name.DeviceGray, **keys}
    return lambda pdf: Stream(pdf, bytes(4), Type=Name.XObject, Subtype=Name.Image, **entries)


def annotation(subtype, rect):
    note = Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=rect)
    return put(lambda pdf: pdf.pages[3], "/Annots", Array([note]))


def type0(pdf):
    return next(iter(pdf.pages[0].Resources.Font.values()))


def profile(change):
    def write(pdf):
        stream = pdf.Root.OutputIntents[0].DestOutputProfile
        stream.write(change(stream.read_bytes()))

    return write


def root(pdf):
    return pdf.Root.DPartRoot


def first_leaf(pdf):
    return root(pdf).DPartRootNode.DParts[0][0].DParts[0][0].DParts[0][0]


def first_bundle(pdf):
    return root(pdf).DPartRootNode.DParts[0][0].DParts[0][0]


def relevel(pdf):
    """One more level under one piece."""
    leaf = first_leaf(pdf)
    below = pdf.make_indirect(Dictionary(Type=Name.DPart, Parent=leaf, Start=leaf.Start, End=leaf.End))
    leaf.DParts = Array([Array([below])])
    for page in pdf.pages[:2]:
        page.DPart = below
    del leaf.Start
    del leaf.End


def nested(pdf):
    """A known key with a person in it, inside an inner dictionary."""
    first_leaf(pdf).DPM = Dictionary(YB_Part=Dictionary(YB_Piece=String("11010519900101123X")))


SCRIPT = Dictionary(S=Name.JavaScript, JS=String("this.print()"))
RED = Dictionary(FunctionType=2, Domain=[0, 1], N=1, C0=[1, 0, 0], C1=[0, 0, 1])
SPOT = Array([Name.Separation, Name.Gold, Name.DeviceCMYK, Dictionary(FunctionType=2, Domain=[0, 1], N=1)])

# Check to the changes that it must see; each changes a right file and nothing else.
MUTATIONS = {
    "readable": {
        "no pages": Raw(
            lambda data: re.sub(rb"/Kids\[[^]]*\]", lambda m: b"/Kids[" + b" " * (len(m[0]) - 7) + b"]", data)
        ),
        "cut short": Raw(lambda data: data[:-200]),
        "no PDF": Raw(lambda _data: b"hello"),
    },
    "not-encrypted": {
        "no password to open": Saved(
            encryption=pikepdf.Encryption(owner="secret", user="", R=4, metadata=False)
        )
    },
    "pdf-version": {
        "1.7": Raw(lambda data: data.replace(b"%PDF-1.6", b"%PDF-1.7")),
        "1.4": Raw(lambda data: data.replace(b"%PDF-1.6", b"%PDF-1.4")),
        "catalogue": put(lambda pdf: pdf.Root, "/Version", Name("/1.7")),
    },
    "file-id": {
        "none": Raw(lambda data: re.sub(rb"/ID\[<\w+><\w+>\]", lambda m: b" " * len(m[0]), data)),
        "short": Raw(lambda data: re.sub(rb"/ID\[<\w\w", b"/ID[<  ", data)),
    },
    "xmp-stream": {
        "none": cut(lambda pdf: pdf.Root, "/Metadata"),
        "filtered": lambda pdf: pdf.Root.Metadata.write(
            pdf.Root.Metadata.read_bytes(),
            filter=Name.DCTDecode,  # pikepdf undoes the others
        ),
        "no XML": meta(b"</rdf:RDF>", b""),
        "entities": meta(rb"<x:xmpmeta", b"<!DOCTYPE a []><x:xmpmeta"),
        "untyped": cut(lambda pdf: pdf.Root.Metadata, "/Subtype"),
    },
    "pdfx-version": {"none": drop("pdfxid:GTS_PDFXVersion"), "4p": meta(b"PDF/X-4", b"PDF/X-4p")},
    "xmp-ids": {
        key: drop(f"xmpMM:{key}") for key in ("DocumentID", "InstanceID", "VersionID", "RenditionClass")
    },
    "xmp-dates": {
        "no metadata date": drop("xmp:MetadataDate"),
        "no date": meta(rb"(<xmp:MetadataDate>)[^<]*", rb"\1soon"),
    },
    "title": {
        "none": drop("dc:title"),
        "another language": meta(b"x-default", b"zh"),
        "two": meta(rb"(<rdf:li.*</rdf:li>)", rb"\1\1"),
        "empty": meta(rb'(x-default">)[^<]*', rb"\1"),
    },
    "trapped": {
        "not in metadata": drop("pdf:Trapped"),
        "otherwise": put(lambda pdf: pdf.docinfo, "/Trapped", Name.TrueValue),
        "not in information": cut(lambda pdf: pdf.docinfo, "/Trapped"),
    },
    "info-agrees": {
        "producer": put(lambda pdf: pdf.docinfo, "/Producer", String("other")),
        "title": put(lambda pdf: pdf.docinfo, "/Title", String("other")),
        "date": put(lambda pdf: pdf.docinfo, "/ModDate", String("D:20260930080000+09'00'")),
        "no date": put(lambda pdf: pdf.docinfo, "/CreationDate", String("yesterday")),
        "impossible date": put(lambda pdf: pdf.docinfo, "/CreationDate", String("D:20269930080000")),
        "creator": put(lambda pdf: pdf.docinfo, "/Creator", String("other")),
    },
    "pdfvt-version": {"none": drop("pdfvtid:GTS_PDFVTVersion"), "2": meta(b"PDF/VT-1", b"PDF/VT-2")},
    "pdfvt-date": {
        "none": drop("pdfvtid:GTS_PDFVTModDate"),
        "another": meta(rb"(<pdfvtid:GTS_PDFVTModDate>)2026", rb"\g<1>2025"),
    },
    "pdfvt-in-info": {"none": cut(lambda pdf: pdf.docinfo, "/GTS_PDFVTVersion")},
    "output-intent": {
        "none": cut(lambda pdf: pdf.Root, "/OutputIntents"),
        "two": lambda pdf: pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0]),
        "for another standard": put(lambda pdf: pdf.Root.OutputIntents[0], "/S", Name.GTS_PDFA1),
    },
    "output-condition": {
        "none": cut(lambda pdf: pdf.Root.OutputIntents[0], "/OutputConditionIdentifier"),
        "blank": put(lambda pdf: pdf.Root.OutputIntents[0], "/OutputConditionIdentifier", String(" ")),
    },
    "output-profile": {
        "display": profile(lambda icc: icc.replace(b"prtr", b"mntr")),
        "no ICC": profile(lambda icc: icc.replace(b"acsp", b"abcd")),
        "cut short": profile(lambda icc: icc[:-10]),
    },
    "output-space": {
        "N": put(lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile, "/N", 3),
        "no N": cut(lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile, "/N"),
    },
    "media-box": {
        # pikepdf gives a page without a box one.
        "none": Raw(lambda data: data.replace(b"/MediaBox", b"/MediaBux", 1)),
        "empty": put(lambda pdf: pdf.pages[1], "/MediaBox", [0, 0, 0, 900]),
        "words": Raw(lambda data: re.sub(rb"/MediaBox\[-\d\d\.\d\d", b"/MediaBox[(aaaa)", data, count=1)),
    },
    "trim-box": {
        "none": cut(lambda pdf: pdf.pages[1], "/TrimBox"),
        "both": put(lambda pdf: pdf.pages[1], "/ArtBox", [40, 40, 50, 50]),
        "empty": put(lambda pdf: pdf.pages[1], "/TrimBox", [50, 50, 50, 50]),
    },
    "boxes-nested": {
        "bleed over media": put(lambda pdf: pdf.pages[1], "/BleedBox", [-50, 0, 300, 440]),
        "trim over bleed": put(lambda pdf: pdf.pages[1], "/TrimBox", [10, 40, 300, 400]),
        "crop": put(lambda pdf: pdf.pages[1], "/CropBox", [0, 0, 900, 900]),
    },
    "annotations": {
        "inside": annotation("Text", [100, 100, 120, 120]),
        "half": annotation("Text", [-30, -30, 10, 10]),
        "no place": annotation("Text", [0, 0, 0, 0]),
    },
    "fonts-embedded": {
        # As the writer leaves it; pikepdf hands resources down to the pages when it saves.
        "in what pages inherit": Raw(lambda data: data.replace(b"/FontFile2", b"/FontFile9")),
        "simple": put(
            lambda pdf: pdf.pages[0].Resources.Font,
            "/Own",
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica),
        ),
        "composite": cut(lambda p: type0(p).DescendantFonts[0].FontDescriptor, "/FontFile2"),
        "no descriptor": cut(lambda p: type0(p).DescendantFonts[0], "/FontDescriptor"),
        "no face": put(type0, "/DescendantFonts", Array([])),
        "in a form": resource(
            "XObject",
            form(b"", Resources=Dictionary(Font=Dictionary(F=Dictionary(Subtype=Name.TrueType)))),
        ),
        "in a form in a pattern": resource(
            "Pattern",
            lambda pdf: Stream(
                pdf,
                b"",
                PatternType=1,
                Resources=Dictionary(
                    XObject=Dictionary(
                        X=form(b"", Resources=Dictionary(Font=Dictionary(F=Dictionary(Subtype=Name.Type1))))(
                            pdf
                        )
                    )
                ),
            ),
        ),
        "in a graphics state": resource(
            "ExtGState", lambda _pdf: Dictionary(Font=[Dictionary(Subtype=Name.Type1), 9])
        ),
    },
    "device-colours": {
        "fill": content(b"1 0 0 rg 0 0 9 9 re f"),
        "stroke": content(b"1 0 0 RG"),
        "four inks": content(b"0 0 0 1 k"),
        "set": content(b"/DeviceRGB cs 1 0 0 sc"),
        "set stroke": content(b"/DeviceCMYK\nCS"),
        "behind a string with brackets": content(b"BT (a (b) c) Tj ET 1 0 0 rg"),
        "behind a comment": content(b"% 0 g\n1 0 0 rg"),
        "inline picture": content(b"BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI"),
        "named space": resource("ColorSpace", lambda _pdf: Name.DeviceRGB),
        "indexed": resource(
            "ColorSpace", lambda _pdf: Array([Name.Indexed, Name.DeviceRGB, 0, String("abc")])
        ),
        "in brackets": resource("ColorSpace", lambda _pdf: Array([Name.DeviceRGB])),
        "under a pattern": resource("ColorSpace", lambda _pdf: Array([Name.Pattern, Name.DeviceRGB])),
        "spot": resource("ColorSpace", lambda _pdf: SPOT),
        "form": resource("XObject", form(b"1 0 0 rg")),
        "form in a form": resource(
            "XObject",
            lambda pdf: form(b"", Resources=Dictionary(XObject=Dictionary(X=form(b"1 0 0 rg")(pdf))))(pdf),
        ),
        "image": resource("XObject", image(ColorSpace=Name.DeviceCMYK)),
        "its soft mask": resource(
            "XObject", lambda pdf: image(SMask=image(ColorSpace=Name.DeviceRGB)(pdf))(pdf)
        ),
        "coded image": resource(
            "XObject", lambda pdf: Stream(pdf, b"", Subtype=Name.Image, Filter=Name.JPXDecode)
        ),
        "pattern": resource("Pattern", lambda pdf: Stream(pdf, b"1 0 0 rg", PatternType=1)),
        "shading": resource(
            "Shading", lambda _pdf: Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Function=RED)
        ),
        "shading pattern": resource(
            "Pattern",
            lambda _pdf: Dictionary(
                PatternType=2, Shading=Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB)
            ),
        ),
        "group": put(lambda pdf: pdf.pages[2], "/Group", Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)),
        "soft mask of a state": resource(
            "ExtGState", lambda pdf: Dictionary(SMask=Dictionary(S=Name.Luminosity, G=form(b"1 0 0 rg")(pdf)))
        ),
        "state of a pattern": resource(
            "Pattern",
            lambda pdf: Dictionary(
                PatternType=2,
                Shading=Dictionary(ColorSpace=Name.DeviceGray),
                ExtGState=Dictionary(SMask=Dictionary(G=form(b"1 0 0 rg")(pdf))),
            ),
        ),
        "drawn font": resource(
            "Font",
            lambda pdf: Dictionary(Subtype=Name.Type3, CharProcs=Dictionary(a=Stream(pdf, b"1 0 0 rg"))),
        ),
    },
    "transfer-functions": {
        "TR": resource("ExtGState", lambda _pdf: Dictionary(TR=Name.Identity)),
        "TR2": resource("ExtGState", lambda _pdf: Dictionary(TR2=Name.Identity)),
    },
    "halftones": {
        "type": resource("ExtGState", lambda _pdf: Dictionary(HT=Dictionary(HalftoneType=10))),
        "name": resource(
            "ExtGState", lambda _pdf: Dictionary(HT=Dictionary(HalftoneType=1, HalftoneName=b"a"))
        ),
        "phase": resource("ExtGState", lambda _pdf: Dictionary(HTP=[0, 0])),
    },
    "xobject-hints": {
        "scope": resource("XObject", form(b"", GTS_Scope=Name.Often)),
        "scope as a string": resource("XObject", form(b"", GTS_Scope=String("File"))),
        "no environment": resource("XObject", form(b"", GTS_Scope=Name.Global)),
        "encapsulated": resource("XObject", image(GTS_Encapsulated=Name.Yes)),
        "id": resource("XObject", form(b"", GTS_XID=Name.Id)),
    },
    "additional-actions": {
        "catalogue": put(lambda pdf: pdf.Root, "/AA", Dictionary()),
        "page": put(lambda pdf: pdf.pages[1], "/AA", Dictionary()),
    },
    "open-action": {"a place": put(lambda pdf: pdf.Root, "/OpenAction", Array([0]))},
    "scripts": {
        "names": put(lambda pdf: pdf.Root, "/Names", Dictionary(JavaScript=Dictionary())),
        "nowhere": put(lambda pdf: pdf.Root, "/Own", lambda pdf: pdf.make_indirect(SCRIPT)),
    },
    "opi": {"form": resource("XObject", form(b"", OPI=Dictionary()))},
    "postscript": {
        "object": resource("XObject", lambda pdf: Stream(pdf, b"", Subtype=Name.PS)),
        "form": resource("XObject", form(b"", Subtype2=Name.PS)),
    },
    "alternate-images": {"image": resource("XObject", image(Alternates=Array([])))},
    "references": {"form": resource("XObject", form(b"", Ref=Dictionary()))},
    "media": {
        kind: annotation(kind, [-30, -30, -20, -20])
        for kind in ("Movie", "Sound", "Screen", "FileAttachment")
    },
    "forms": {
        "fields": put(lambda pdf: pdf.Root, "/AcroForm", Dictionary(Fields=[])),
    },
    "attachments": {
        "names": put(lambda pdf: pdf.Root, "/Names", Dictionary(EmbeddedFiles=Dictionary())),
        "associated": put(lambda pdf: pdf.Root, "/AF", Array([])),
        "specification": put(lambda pdf: pdf.Root, "/Own", Dictionary(Type=Name.Filespec, EF=Dictionary())),
    },
    "parts-root": {
        "untyped": cut(root, "/Type"),
        "direct": lambda pdf: put(lambda p: p.Root, "/DPartRoot", Dictionary(dict(root(pdf).items())))(pdf),
    },
    "parts-root-node": {
        "none": cut(root, "/DPartRootNode"),
        "direct": put(root, "/DPartRootNode", lambda pdf: Dictionary(dict(root(pdf).DPartRootNode.items()))),
    },
    "parts-types": {"leaf": cut(first_leaf, "/Type"), "bundle": put(first_bundle, "/Type", Name.Page)},
    "parts-level-names": {
        "none": cut(root, "/NodeNameList"),
        "too few": lambda pdf: root(pdf).NodeNameList.__delitem__(3),
        "strings": put(root, "/NodeNameList", [String(c) for c in "abcd"]),
        "a level more": relevel,
    },
    "parts-record-level": {
        "none": cut(root, "/RecordLevel"),
        "below the tree": put(root, "/RecordLevel", 4),
        "negative": put(root, "/RecordLevel", -1),
    },
    "parts-parents": {
        "another": put(first_leaf, "/Parent", lambda pdf: root(pdf).DPartRootNode),
        "none": cut(first_bundle, "/Parent"),
        "of the root": put(lambda pdf: root(pdf).DPartRootNode, "/Parent", lambda pdf: pdf.Root),
        "a ring": lambda pdf: first_bundle(pdf).DParts[0].append(root(pdf).DPartRootNode),
    },
    "parts-branches": {
        "both": put(first_bundle, "/Start", lambda pdf: pdf.pages[0].obj),
        "neither": cut(first_bundle, "/DParts"),
        "flat": lambda pdf: put(first_bundle, "/DParts", first_bundle(pdf).DParts[0])(pdf),
        "end alone": lambda pdf: put(first_bundle, "/End", pdf.pages[1].obj)(pdf),
    },
    "parts-pages": {
        "too few": put(first_leaf, "/End", lambda pdf: pdf.pages[0].obj),
        "too many": put(first_leaf, "/End", lambda pdf: pdf.pages[2].obj),
        "backwards": lambda pdf: put(first_leaf, "/Start", pdf.pages[1].obj)(pdf),
        "no page": put(first_leaf, "/End", lambda pdf: pdf.Root),
        "the last missing": lambda pdf: root(pdf).DPartRootNode.DParts[0].__delitem__(1),
        "out of order": lambda pdf: first_bundle(pdf).DParts[0].insert(0, first_bundle(pdf).DParts[0][1]),
    },
    "parts-links": {
        "none": cut(lambda pdf: pdf.pages[5], "/DPart"),
        "another": put(lambda pdf: pdf.pages[5], "/DPart", first_leaf),
    },
    "parts-texts": {
        "number": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Pages", 2),
        "list": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Pages", Array([])),
    },
    "parts-keys": {
        "name": put(lambda pdf: first_leaf(pdf).DPM, "/Name", String("x")),
        "inner": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Part", Dictionary(Name=String("x"))),
    },
    "parts-private": {
        "id number": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Piece", String("110105199001011234")),
        "id number in an inner dictionary": nested,
        "old id number": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Piece", String("110105900101123")),
        "mobile": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Bag", String("call 138 0013 8000")),
        "mobile abroad": put(lambda pdf: first_leaf(pdf).DPM, "/YB_Bag", String("+8613800138000")),
        "Chinese": put(lambda pdf: first_bundle(pdf).DPM, "/YB_Bundle", String("石家庄")),
        "beyond U+FFFF": put(lambda pdf: first_bundle(pdf).DPM, "/YB_Bundle", String("\U00020bb7")),
    },
}

# Where one change is seen by other checks too, and rightly.
ALSO = {
    ("xmp-stream", "none"): {
        *("pdfx-version", "xmp-ids", "xmp-dates", "title", "trapped", "info-agrees", "pdfvt-version"),
        "pdfvt-date",
    },
    ("output-intent", "none"): {"output-profile", "output-space", "device-colours"},
    ("output-intent", "for another standard"): {"output-profile", "output-space", "device-colours"},
}
ALSO |= {("xmp-stream", way): ALSO["xmp-stream", "none"] for way in ("no XML", "entities", "filtered")}
ALSO["readable", "no pages"] = {"parts-pages"}
ALSO |= {("title", way): {"info-agrees"} for way in ("none", "empty")}
# One broken link of the tree is seen from both of its ends, and the pages below are lost.
ALSO |= {
    (name, way): {"parts-parents", "parts-links", "parts-pages", "parts-level-names", "parts-record-level"}
    for name in ("parts-root", "parts-root-node", "parts-branches", "parts-pages")
    for way in MUTATIONS[name]
}

# Checks of the file as a whole: what they object to stands on no page.
OF_THE_FILE = {*check_file.CHECKS, *check_forbidden.CHECKS, "transfer-functions", "halftones"} | {
    *("parts-root", "parts-root-node", "parts-types", "parts-level-names", "parts-record-level"),
}

CASES = [(name, way) for name, ways in MUTATIONS.items() for way in ways]


def mutated(source, target, change):
    """Write a file with one thing wrong."""
    if isinstance(change, Raw):
        target.write_bytes(change.change(source.read_bytes()))
        return target
    with pikepdf.open(source) as pdf:
        if not isinstance(change, Saved):
            change(pdf)
        options = change.options if isinstance(change, Saved) else {}
        # Otherwise pikepdf mends the metadata that it writes.
        pdf.save(target, fix_metadata_version=False, **options)
    return target


def test_every_check_has_a_file_that_it_objects_to():
    assert set(MUTATIONS) == set(CHECKS)
    assert all(MUTATIONS.values())


def test_saving_alone_changes_no_verdict(right, tmp_path):
    assert check_press(mutated(right, tmp_path / "same.pdf", lambda _pdf: None)) == []


@pytest.mark.parametrize(("name", "way"), CASES)
def test_a_check_sees_what_is_wrong_and_no_other_does(right, tmp_path, name, way):
    wrong = mutated(right, tmp_path / "wrong.pdf", MUTATIONS[name][way])

    failures = check_press(wrong)
    found = {failure.check for failure in failures}

    assert name in found
    if name in OF_THE_FILE:
        assert {failure.page for failure in failures if failure.check == name} == {0}
    assert found - {name} <= ALSO.get((name, way), set())


# ------------------------------------------------------------------ what a failure says


def test_a_failure_names_the_page_and_shows_nothing_of_the_file(right, tmp_path):
    def change(pdf):
        pdf.pages[4].Contents.write(b"1 0 0 rg")
        first_leaf(pdf).DPM = Dictionary({"/Zhang": String("Zhang San")})

    found = check_press(mutated(right, tmp_path / "wrong.pdf", change))

    assert [(f.check, f.page) for f in found] == [("device-colours", 5), ("parts-keys", 1)]
    assert not any("Zhang" in failure.detail for failure in found)
    assert "DeviceRGB" in found[0].detail


def test_a_breach_is_told_once_a_page(right, tmp_path):
    change = MUTATIONS["annotations"]["inside"]

    def twice(pdf):
        change(pdf)
        pdf.pages[3].Annots.append(pdf.pages[3].Annots[0])

    assert len(check_press(mutated(right, tmp_path / "wrong.pdf", twice))) == 1


@pytest.mark.parametrize(
    "change",
    [
        put(lambda pdf: pdf.Root, "/OutputIntents", 7),
        put(lambda pdf: pdf.Root, "/DPartRoot", Array([])),
        put(first_leaf, "/Start", 7),
        put(first_leaf, "/Parent", String("x")),
        put(lambda pdf: pdf.pages[0].Resources, "/Font", Array([])),
        put(lambda pdf: pdf.pages[0].Resources, "/XObject", Dictionary(X=5)),
        put(lambda pdf: pdf.pages[0], "/TrimBox", Name.A),
        put(lambda pdf: pdf.pages[0], "/Annots", 5),
        put(lambda pdf: pdf.trailer, "/Info", 5),
        put(lambda pdf: pdf.Root.OutputIntents[0], "/DestOutputProfile", 5),
        lambda pdf: root(pdf).DPartRootNode.DParts[0].append(5),
        put(first_leaf, "/DPM", 5),
        lambda pdf: pdf.pages[0].Contents.write(b"BI /W"),
    ],
)
def test_a_file_with_nonsense_in_it_fails_and_does_not_crash(right, tmp_path, change):
    assert check_press(mutated(right, tmp_path / "wrong.pdf", change)) != []


def test_a_page_tree_that_goes_round_in_circles_is_seen(right, tmp_path):
    data = right.read_bytes()
    tree = re.search(rb"(\d+) 0 obj\n<</Type/Pages", data)[1]
    page = re.search(rb"/Kids\[(\d+)", data)[1]
    path = tmp_path / "wrong.pdf"
    path.write_bytes(data.replace(b"/Kids[%b" % page, b"/Kids[%b" % tree.rjust(len(page), b"0"), 1))

    assert "readable" in {failure.check for failure in check_press(path)}


def test_what_a_page_inherits_is_looked_for_once_around():
    with pikepdf.new() as pdf:
        page = pdf.make_indirect(Dictionary())
        page.Parent = page

        assert inherited(page, "/MediaBox") is None


@pytest.mark.parametrize(
    "change",
    [
        # A space that the file brings itself may take the place of a device space.
        lambda pdf: (
            content(b"1 0 0 rg")(pdf),
            resource("ColorSpace", lambda _pdf: Array([Name.CalRGB, Dictionary(WhitePoint=[1, 1, 1])]))(pdf),
            put(
                lambda p: p.pages[0].Resources.ColorSpace,
                "/DefaultRGB",
                Array([Name.CalRGB, Dictionary(WhitePoint=[1, 1, 1])]),
            )(pdf),
        ),
        annotation("Text", [-30, -30, -20, -20]),
        resource("ExtGState", lambda _pdf: Dictionary(TR2=Name.Default, HT=Dictionary(HalftoneType=1))),
        resource("XObject", image(ImageMask=True)),
        put(lambda pdf: pdf.Root, "/Own", lambda pdf: pdf.make_indirect(5)),
        resource(
            "XObject", form(b"0.5 g", GTS_Scope=Name.Global, GTS_Env=String("a"), GTS_Encapsulated=True)
        ),
        content(b"BT (1 0 0 rg) Tj <31> Tj /rg 9 Tf ET % 1 0 0 rg"),
        put(lambda pdf: first_leaf(pdf).DPM, "/YB_Piece", String("13800138")),
    ],
)
def test_what_is_allowed_passes(right, tmp_path, change):
    assert check_press(mutated(right, tmp_path / "right2.pdf", change)) == []


# ------------------------------------------------------------------ contents

STRINGS = st.binary(max_size=9).map(lambda b: b"<" + b.hex().encode() + b">") | st.sampled_from(
    [b"(rg)", b"(1 0 0 rg)", b"(\\) k)", b"((k))", b"/rg", b"/k", b"12", b"-.5", b"[1 2] 0 d"]
)
OPERATORS = {
    b"1 0 0 rg": DEVICE_RGB,
    b"0 0 0 1 K": DEVICE_CMYK,
    b"0 g": DEVICE_GRAY,
    b"/DeviceRGB  cs": DEVICE_RGB,
    b"/Own cs": None,
}


@given(
    st.lists(st.tuples(st.lists(STRINGS, max_size=3), st.sampled_from([*OPERATORS, b"q", b"S", b"BT ET"])))
)
def test_colours_are_found_among_strings_and_not_in_them(steps):
    text = b"\n".join(b" ".join([*(b"%b m" % s for s in strings), operator]) for strings, operator in steps)

    assert colour_uses(text) == {OPERATORS.get(o) for _s, o in steps} - {None}
    assert colour_uses(text) == set(parsed_uses(text))


@pytest.mark.parametrize(
    ("text", "spaces"),
    [
        (b"BI /W 1 /H 1 /IM true /BPC 1 /F /AHx ID 80> EI", set()),
        (b"BI /W 1 /H 1 /IM true ID \x80 EI", set()),
        (b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI 1 0 0 rg", {DEVICE_GRAY, DEVICE_RGB}),
        (b"BI /W 1 /H 1 /BPC 8 /CS /CMYK /F /AHx ID 00000000> EI", {DEVICE_CMYK}),
        (b"BI /W 1 /H 1 /BPC 8 /CS /CMYK /IM false /F /AHx ID 00000000> EI", {DEVICE_CMYK}),
        (b"/P << /MCID 0 >> BDC 0 g EMC", {DEVICE_GRAY}),
        (b"", set()),
    ],
)
def test_pictures_within_the_text_count(text, spaces):
    assert colour_uses(text) == spaces


@pytest.mark.parametrize("text", [b"(unfinished", b"BI /W 1"])
def test_a_content_that_breaks_off_is_damaged(text):
    with pytest.raises(ValueError, match="breaks off"):
        colour_uses(text)


CHECKER = (
    "checks",
    "check_file",
    "check_pages",
    "check_forbidden",
    "check_parts",
    "partwalk",
    "pressfile",
    "survey",
    "scanning",
)


def test_the_checker_knows_nothing_of_the_writer():
    press = "yibao_cli.render.press"
    known = set()
    for module in CHECKER:
        source = Path(yibao_cli.render.press.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("yibao_cli"):
                known |= {f"{press}.{n.name}" for n in node.names} if node.module == press else {node.module}

    assert known == {"yibao_cli.i18n", *(f"{press}.{module}" for module in CHECKER if module != "checks")}
