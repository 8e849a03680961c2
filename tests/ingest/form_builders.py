"""Files in forms that no library here writes, byte by byte, as small as readers take them."""

from __future__ import annotations

import struct
import zipfile
from typing import NamedTuple

ERROR = object()  # a cell that holds #N/A
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


class Styled(NamedTuple):
    """A number in a cell style: 1 is a date, 2 the format that a builder is given, 000000 unless told."""

    number: float
    style: int


# ---------------------------------------------------------------- dbf


def dbf(path, fields, records, *, version=0x03, language=0x4D, encoding="gb18030", deleted=()):
    """fields: (name, type, width); records: texts already in the width's form, or bytes as they are."""
    length = 1 + sum(width for _n, _k, width in fields)
    first = 32 + 32 * len(fields) + 1
    head = struct.pack("<BBBBIHH17xBxx", version, 126, 9, 30, len(records), first, length, language)
    described = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding), kind.encode(), width, 0)
        for name, kind, width in fields
    )
    body = b""
    for number, record in enumerate(records):
        body += b"*" if number in deleted else b" "
        for (_n, _k, width), cell in zip(fields, record, strict=True):
            body += (cell if isinstance(cell, bytes) else cell.encode(encoding)).ljust(width)[:width]
    path.write_bytes(head + described + b"\r" + body + b"\x1a")
    return path


# ---------------------------------------------------------------- xls


def xls(path, sheets, *, mode=0, ole=True, code="000000", hidden_row=None, hidden_column=None):
    """An Excel 97 workbook; sheets: (name, rows, hidden). mode 1: days count from 1904.

    hidden_row, hidden_column: of each sheet, from 0.
    """
    hides = b""
    if hidden_column is not None:
        hides += _record(0x7D, "HHHHHH", hidden_column, hidden_column, 2560, 0, 1, 0)
    if hidden_row is not None:
        hides += _record(0x208, "HHHHHHI", hidden_row, 0, 9, 255, 0, 0, 0x20)
    bodies = [_sheet_stream(rows, hides) for _n, rows, _h in sheets]
    opening = _bof(5) + _record(0x42, "H", 1200) + _record(0x22, "H", mode)
    opening += (_raw(0x31, struct.pack("<HHHHHBBBB", 200, 0, 8, 400, 0, 0, 0, 0, 0) + _short("Arial"))) * 5
    opening += _raw(0x41E, struct.pack("<H", 164) + _long(code))
    opening += b"".join(_raw(0xE0, struct.pack("<HH16x", 0, key)) for key in (0, 14, 164))
    names = [_short(name) for name, _r, _h in sheets]
    offset = len(opening) + sum(4 + 6 + len(n) for n in names) + 4
    for name, body, (_n, _r, hidden) in zip(names, bodies, sheets, strict=True):
        opening += _raw(0x85, struct.pack("<IBB", offset, int(hidden), 0) + name)
        offset += len(body)
    stream = opening + _raw(0x0A, b"") + b"".join(bodies)
    path.write_bytes(ole_file("Workbook", stream) if ole else stream)
    return path


def bare_biff2(path, rows, encoding="gb18030"):
    """A worksheet of Excel 2 without a container, as report writers of old make it."""
    stream = _raw(0x09, struct.pack("<HH", 2, 0x10))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            place = struct.pack("<HH3x", r, c)
            if isinstance(cell, str):
                text = cell.encode(encoding)
                stream += _raw(0x04, place + bytes([len(text)]) + text)
            else:
                stream += _raw(0x03, place + struct.pack("<d", cell))
    path.write_bytes(stream + _raw(0x0A, b""))
    return path


def ole_file(name, stream):
    """A compound file with one stream."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    count = len(stream) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *(range(3, 2 + count)), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    head = head[:76].ljust(76, b"\0") + struct.pack("<I", 0) + b"\xff" * (108 * 4)
    entries = _ole_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _ole_entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    return head + struct.pack("<128I", *fat) + entries.ljust(512, b"\0") + stream


def _ole_entry(name, kind, child, start, size):
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36) + struct.pack("<IQ", start, size)
    return entry.ljust(128, b"\0")


def _raw(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def _record(kind, form, *values):
    return _raw(kind, struct.pack("<" + form, *values))


def _bof(kind):
    return _record(0x809, "HHHHII", 0x600, kind, 0x0DBB, 1996, 0, 6)


def _short(text):
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _long(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _sheet_stream(rows, hides=b""):
    stream = _bof(16) + hides
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            stream += _xls_cell(r, c, cell)
    return stream + _raw(0x0A, b"")


def _xls_cell(r, c, cell):
    style = cell.style if isinstance(cell, Styled) else 0
    place = struct.pack("<HHH", r, c, style)
    if cell is None:
        return b""
    if cell is ERROR:
        return _raw(0x205, place + b"\x2a\x01")
    if isinstance(cell, bool):
        return _raw(0x205, place + bytes([cell, 0]))
    if isinstance(cell, str):
        return _raw(0x204, place + _long(cell))
    return _raw(0x203, place + struct.pack("<d", cell.number if isinstance(cell, Styled) else cell))


# ---------------------------------------------------------------- xlsb


def xlsb(path, sheets, *, mode=0, code="000000", hidden_row=None, hidden_column=None):
    """A binary workbook, as `xls`."""
    book = _brt(131) + _brt(153, struct.pack("<II", mode, 0) + _wide("")) + _brt(143)
    relations = ""
    for i, (name, _rows, hidden) in enumerate(sheets, start=1):
        text = f"rId{i}"
        book += _brt(156, struct.pack("<II", int(hidden), i) + _wide(text) + _wide(name))
        relations += (
            f'<Relationship Id="{text}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{i}.bin"/>'
        )
    book += _brt(144) + _brt(132)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", _relations(relations))
        for i, (_name, rows, _hidden) in enumerate(sheets, start=1):
            sheet = _binary_sheet(rows, hidden_row, hidden_column)
            archive.writestr(f"xl/worksheets/sheet{i}.bin", sheet)
        styles = _brt(278) + _brt(615, struct.pack("<I", 1)) + _brt(44, struct.pack("<H", 164) + _wide(code))
        styles += _brt(616) + _brt(617, struct.pack("<I", 3))
        styles += b"".join(_brt(47, struct.pack("<HH12x", 0, key)) for key in (0, 14, 164))
        archive.writestr("xl/styles.bin", styles + _brt(618) + _brt(279))
    return path


def _binary_sheet(rows, hidden_row, hidden_column):
    width = max((len(r) for r in rows), default=1)
    sheet = _brt(129) + _brt(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, width - 1))
    if hidden_column is not None:
        columns = struct.pack("<IIIIH", hidden_column, hidden_column, 2560, 0, 1)
        sheet += _brt(390) + _brt(60, columns) + _brt(391)
    sheet += _brt(145)
    for r, row in enumerate(rows):
        sheet += _brt(0, struct.pack("<IIHBB5x", r, 0, 255, 0, 0x10 * (r == hidden_row)))
        for c, cell in enumerate(row):
            place = struct.pack("<II", c, cell.style if isinstance(cell, Styled) else 0)
            if cell is ERROR:
                sheet += _brt(3, place + b"\x2a")
            elif isinstance(cell, str):
                sheet += _brt(6, place + _wide(cell))
            elif cell is not None:
                number = cell.number if isinstance(cell, Styled) else cell
                sheet += _brt(5, place + struct.pack("<d", number))
    return sheet + _brt(146) + _brt(130)


def _brt(kind, content=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return head + length + content


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _relations(inside):
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


# ---------------------------------------------------------------- ods


def ods(path, sheets, *, mimetype="application/vnd.oasis.opendocument.spreadsheet", manifest=""):
    """A LibreOffice workbook; sheets: (name, XML of its rows, hidden)."""
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f'<table:table table:name="{name}" table:style-name="ta{int(hidden)}">{rows}</table:table>'
        for name, rows, hidden in sheets
    )
    styles = "".join(
        f'<style:style style:name="ta{i}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for i, shown in enumerate(("true", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{oasis}:office:1.0"'
        f' xmlns:table="{oasis}:table:1.0" xmlns:text="{oasis}:text:1.0" xmlns:style="{oasis}:style:1.0"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return path


def ods_row(*cells, repeat=1, visibility="visible"):
    """One row; `repeat` says how often. A pair is a number and how it is shown."""
    return (
        f'<table:table-row table:number-rows-repeated="{repeat}" table:visibility="{visibility}">'
        + "".join(map(_ods_cell, cells))
        + "</table:table-row>"
    )


def _ods_cell(cell):
    if cell is ERROR:
        return (
            '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""'
            ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
        )
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
    cell, shown = cell if isinstance(cell, tuple) else (cell, cell)
    return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{shown}</text:p></table:table-cell>'
