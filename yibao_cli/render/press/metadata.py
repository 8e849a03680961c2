"""What a print file says about itself: the XMP packet and the document information, which agree.

All of it comes from the arguments, so that equal packages give equal bytes.
Source: ISO 15930-7, 6.15; ISO 16612-2, 6.3; XMP specification part 1.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from yibao_cli.render.press.icc import pdf_text

if TYPE_CHECKING:
    from datetime import datetime

PRODUCER = "yibao"
_UUIDS = uuid.uuid5(uuid.NAMESPACE_DNS, "yibao.print")
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfvtid": "http://www.npes.org/pdfvt/ns/id/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What is said of a part.

    title: without any name of a person; document: what stays the same when the part is made again, such as
    mailing and part number; digest: of all the part is made from; made: when the package was frozen, with
    its time zone; version: 1, 2, ... of the same document.
    """

    title: str
    document: str
    digest: str
    made: datetime
    version: str = "1"


def xmp_packet(facts: PartFacts) -> bytes:
    """The XMP packet; it goes into a stream without a filter, /Type /Metadata /Subtype /XML."""
    made = _xmp_date(facts.made)
    plain = {
        "pdf:Producer": PRODUCER,
        "pdf:Trapped": "False",
        "pdfvtid:GTS_PDFVTModDate": made,
        "pdfvtid:GTS_PDFVTVersion": "PDF/VT-1",
        "pdfxid:GTS_PDFXVersion": "PDF/X-4",
        "xmp:CreateDate": made,
        "xmp:CreatorTool": PRODUCER,
        "xmp:MetadataDate": made,
        "xmp:ModifyDate": made,
        "xmpMM:DocumentID": _uuid(facts.document),
        "xmpMM:InstanceID": _uuid(f"{facts.document}\n{facts.digest}"),
        "xmpMM:RenditionClass": "default",
        "xmpMM:VersionID": facts.version,
    }
    spaces = "".join(f'\n  xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    lines = "".join(f"\n  <{key}>{escape(value)}</{key}>" for key, value in plain.items())
    title = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(facts.title)}</rdf:li></rdf:Alt>'
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f' <rdf:Description rdf:about=""{spaces}>{lines}\n'
        f"  <dc:title>{title}</dc:title>\n </rdf:Description>\n"
        '</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()


def info_body(facts: PartFacts) -> bytes:
    """The document information dictionary; GTS_PDFVTVersion stands here too, where `pdfinfo` looks for it."""
    made = pdf_text(_pdf_date(facts.made))
    return b"<</Title%b/Producer%b/Creator%b/CreationDate%b/ModDate%b/Trapped/False%b>>" % (
        *(pdf_text(facts.title), pdf_text(PRODUCER), pdf_text(PRODUCER), made, made),
        b"/GTS_PDFVTVersion(PDF/VT-1)",
    )


def metadata_body(packet: bytes) -> bytes:
    """The stream object that bears the packet, never compressed."""
    return b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream" % (len(packet), packet)


def _uuid(name: str) -> str:
    return f"uuid:{uuid.uuid5(_UUIDS, name)}"


def _offset(made: datetime) -> str:
    """+08:00; of a time without a zone it is UTC."""
    seconds = int(offset.total_seconds()) if (offset := made.utcoffset()) is not None else 0
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"


def _xmp_date(made: datetime) -> str:
    return f"{made:%Y-%m-%dT%H:%M:%S}{_offset(made)}"


def _pdf_date(made: datetime) -> str:
    return f"D:{made:%Y%m%d%H%M%S}{_offset(made).replace(':', chr(39))}'"
