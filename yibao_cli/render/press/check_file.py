"""Checks of a print file as a whole: PDF version, identifiers, metadata, output intent.

Each check gives (page, what) for each breach: page 0 is the file, what is a technical word or empty.
Source: ISO 16612-2:2010, 6.2 and 6.3; ISO 15930-7 (PDF/X-4) as the validators pdf0 and fullbleed 2.5.0
read it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pikepdf

from yibao_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.render.press.pressfile import PressFile

_ID_BYTES = 16
_DC = "{http://purl.org/dc/elements/1.1/}"
_PDF = "{http://ns.adobe.com/pdf/1.3/}"
_PDFVT = "{http://www.npes.org/pdfvt/ns/id/}"
_PDFX = "{http://www.npes.org/pdfx/ns/id/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_XMP_MM = "{http://ns.adobe.com/xap/1.0/mm/}"

_INFO_DATE = re.compile(r"D:(\d{14})(?:Z|([-+])(\d\d)'(\d\d)'?)?")
# Source: ICC.1, 6.1: where the header of a profile says what it is.
_ICC_HEADER = 128
_ICC_CLASS, _ICC_SPACE, _ICC_SIGNATURE = slice(12, 16), slice(16, 20), slice(36, 40)
COMPONENTS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}


def _unencrypted(file: PressFile) -> Iterator[tuple[int, str]]:
    if file.pdf.is_encrypted:
        yield 0, ""


def _version(file: PressFile) -> Iterator[tuple[int, str]]:
    if not re.match(rb"%PDF-1\.6[\r\n]", file.head):
        yield 0, "%PDF"
    if file.root.get("/Version", "/1.6") not in {f"/1.{minor}" for minor in range(7)}:
        yield 0, "/Version"


def _file_id(file: PressFile) -> Iterator[tuple[int, str]]:
    ids = file.pdf.trailer.get("/ID", ())
    if [len(bytes(value)) for value in ids] != [_ID_BYTES] * 2:
        yield 0, "/ID"


def _xmp_stream(file: PressFile) -> Iterator[tuple[int, str]]:
    stream = file.root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        yield 0, "/Metadata"
        return
    if stream.get("/Type") != "/Metadata" or stream.get("/Subtype") != "/XML":
        yield 0, "/Type /Subtype"
    if "/Filter" in stream:
        yield 0, "/Filter"
    if file.xmp is None:
        yield 0, "XML"


def _pdfx_version(file: PressFile) -> Iterator[tuple[int, str]]:
    if file.properties.get(f"{_PDFX}GTS_PDFXVersion") != "PDF/X-4":
        yield 0, "pdfxid:GTS_PDFXVersion"


def _xmp_ids(file: PressFile) -> Iterator[tuple[int, str]]:
    for name in ("DocumentID", "InstanceID", "VersionID", "RenditionClass"):
        if not file.properties.get(f"{_XMP_MM}{name}"):
            yield 0, f"xmpMM:{name}"


def _xmp_dates(file: PressFile) -> Iterator[tuple[int, str]]:
    for name in ("CreateDate", "ModifyDate", "MetadataDate"):
        if _xmp_date(file, name) is None:
            yield 0, f"xmp:{name}"


def _xmp_date(file: PressFile, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(file.properties.get(f"{_XMP}{name}", ""))
    except ValueError:
        return None


def _title(file: PressFile) -> Iterator[tuple[int, str]]:
    if file.languages(f"{_DC}title") != ["x-default"]:
        yield 0, "dc:title"


def _trapped(file: PressFile) -> Iterator[tuple[int, str]]:
    said = file.properties.get(f"{_PDF}Trapped")
    if said not in {"True", "False"}:
        yield 0, "pdf:Trapped"
    if file.info.get("/Trapped") != f"/{said}":
        yield 0, "/Trapped"


def _info_agrees(file: PressFile) -> Iterator[tuple[int, str]]:
    for key, name in (("/CreationDate", "CreateDate"), ("/ModDate", "ModifyDate")):
        if key in file.info and _info_date(str(file.info[key])) != _xmp_date(file, name):
            yield 0, key
    for key, name in (("/Producer", f"{_PDF}Producer"), ("/Creator", f"{_XMP}CreatorTool")):
        if key in file.info and str(file.info[key]) != file.properties.get(name):
            yield 0, key
    if "/Title" in file.info and str(file.info["/Title"]) not in file.texts(f"{_DC}title"):
        yield 0, "/Title"


def _info_date(text: str) -> datetime | None:
    match = _INFO_DATE.fullmatch(text)
    if not match:
        return None
    local, sign, hours, minutes = match.groups()
    try:
        return datetime.strptime(f"{local}{sign or '+'}{hours or '00'}{minutes or '00'}", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def _pdfvt_version(file: PressFile) -> Iterator[tuple[int, str]]:
    if file.properties.get(f"{_PDFVT}GTS_PDFVTVersion") != "PDF/VT-1":
        yield 0, "pdfvtid:GTS_PDFVTVersion"


def _pdfvt_date(file: PressFile) -> Iterator[tuple[int, str]]:
    said = file.properties.get(f"{_PDFVT}GTS_PDFVTModDate")
    if not said or said != file.properties.get(f"{_XMP}ModifyDate"):
        yield 0, "pdfvtid:GTS_PDFVTModDate"


def _pdfvt_in_info(file: PressFile) -> Iterator[tuple[int, str]]:
    if file.info.get("/GTS_PDFVTVersion") != "PDF/VT-1":
        yield 0, "/GTS_PDFVTVersion"


def _output_intent(file: PressFile) -> Iterator[tuple[int, str]]:
    if len(file.intents) != 1:
        yield 0, "/OutputIntents"


def _output_condition(file: PressFile) -> Iterator[tuple[int, str]]:
    for intent in file.intents:
        if not str(intent.get("/OutputConditionIdentifier", "")).strip():
            yield 0, "/OutputConditionIdentifier"


def _output_profile(file: PressFile) -> Iterator[tuple[int, str]]:
    if len(file.profile) < _ICC_HEADER or file.profile[_ICC_SIGNATURE] != b"acsp":
        yield 0, "/DestOutputProfile"
    elif file.profile[_ICC_CLASS] != b"prtr":
        yield 0, "prtr"
    elif int.from_bytes(file.profile[:4], "big") != len(file.profile):
        yield 0, "ICC"


def _output_space(file: PressFile) -> Iterator[tuple[int, str]]:
    stated = file.intents[0].DestOutputProfile.get("/N") if file.profile else None
    if stated is None or COMPONENTS.get(file.profile[_ICC_SPACE]) != stated:
        yield 0, "/N"


CHECKS = {
    "not-encrypted": (N_("The file is not encrypted."), _unencrypted),
    "pdf-version": (
        N_("The file says PDF 1.6, and nothing in it says a later version."),
        _version,
    ),
    "file-id": (N_("The trailer has two identifiers of 16 bytes."), _file_id),
    "xmp-stream": (N_("The metadata are an XMP packet, well-formed and not compressed."), _xmp_stream),
    "pdfx-version": (N_("The metadata say PDF/X-4."), _pdfx_version),
    "xmp-ids": (N_("The metadata name document, instance, version and rendition class."), _xmp_ids),
    "xmp-dates": (N_("The metadata say when file and metadata were made and changed."), _xmp_dates),
    "title": (N_("The metadata have one title, in the default language."), _title),
    "trapped": (N_("Metadata and document information say alike whether the file is trapped."), _trapped),
    "info-agrees": (N_("The document information says what the metadata say."), _info_agrees),
    "pdfvt-version": (N_("The metadata say PDF/VT-1."), _pdfvt_version),
    "pdfvt-date": (N_("The date of PDF/VT is the date of the last change."), _pdfvt_date),
    "pdfvt-in-info": (N_("The document information says PDF/VT-1 too."), _pdfvt_in_info),
    "output-intent": (N_("The file has one output intent for PDF/X."), _output_intent),
    "output-condition": (N_("The output intent names its printing condition."), _output_condition),
    "output-profile": (N_("The output intent embeds an ICC output profile."), _output_profile),
    "output-space": (N_("The profile has as many colorants as the output intent says."), _output_space),
}
