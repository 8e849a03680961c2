from __future__ import annotations

import hashlib
import io
import zlib

import pikepdf
from hypothesis import given
from hypothesis import strategies as st

from builders import make_part
from yibao_cli.render.writer import PdfWriter, compressed


def written(*bodies):
    out = io.BytesIO()
    writer = PdfWriter(out)
    tree = writer.reserve()
    numbers = [writer.add_stream(b"/Kind/Test", body) for body in bodies]
    writer.write_object(tree, b"<</Type/Pages/Kids[]/Count 0>>")
    keep = b" ".join(b"%d 0 R" % n for n in numbers)
    root = writer.add(b"<</Type/Catalog/Pages %d 0 R/Keep[%b]>>" % (tree, keep))
    writer.finish(root, writer.add(b"<</Producer(yibao)>>"))
    return out.getvalue(), writer


@given(bodies=st.lists(st.binary(max_size=300), max_size=5))
def test_another_library_reads_back_what_was_written(bodies):
    content, _writer = written(*bodies)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        kept = [stream.read_bytes() for stream in pdf.Root.Keep]
        problems = pdf.check_pdf_syntax()

    assert kept == bodies
    assert problems == []


def test_size_and_digest_are_those_of_the_file():
    content, writer = written(b"one", b"two")

    assert writer.size == len(content)
    assert writer.sha256 == hashlib.sha256(content).hexdigest()


def test_the_same_content_has_the_same_id_and_another_has_not():
    def file_id(*bodies):
        with pikepdf.open(io.BytesIO(written(*bodies)[0])) as pdf:
            return bytes(pdf.trailer.ID[0])

    assert file_id(b"one") == file_id(b"one")
    assert file_id(b"one") != file_id(b"two")


def test_reserved_numbers_may_be_written_in_any_order():
    writer = PdfWriter(io.BytesIO())

    first = writer.reserve(3)

    assert [first, writer.reserve(), writer.reserve()] == [1, 4, 5]


@given(data=st.binary(max_size=2000))
def test_compression_is_what_every_reader_undoes(data):
    assert zlib.decompress(compressed(data)) == data


def test_a_part_has_no_syntax_problems(tmp_path):
    pdf = make_part(5, 20).write(tmp_path / "part.pdf", proof=True)

    with pikepdf.open(pdf) as opened:
        problems = opened.check_pdf_syntax()

    assert problems == []
