from __future__ import annotations

import io
import json
import sys

import pytest

from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.jobs.address import filtering
from yibao_cli.jobs.address.filtering import parse_lines, read_postcodes

LINE = "河北省石家庄市长安区中山东路{}号\n"


@pytest.fixture
def addresses(tmp_path):
    path = tmp_path / "addresses.txt"
    path.write_text("".join(LINE.format(i) for i in range(1, 201)), encoding="utf-8")
    return path


def numbers(out):
    return [json.loads(line)["road_no"] for line in out.splitlines()]


def test_workers_keep_the_order_of_the_lines(addresses, capsys, monkeypatch):
    monkeypatch.setattr(filtering, "_BATCH", 7)

    parse_lines(str(addresses), 2)

    assert numbers(capsys.readouterr().out) == [f"{i}号" for i in range(1, 201)]


def test_no_more_is_read_than_the_workers_can_take(monkeypatch, capsys):
    monkeypatch.setattr(filtering, "_BATCH", 1)
    read = []

    def batches():
        for i in range(50):
            read.append(i)
            yield [LINE.format(i)]

    written = filtering._in_workers(batches(), 2, None)
    next(written)

    assert len(read) <= 2 * filtering._AHEAD
    written.close()


def test_streaming_answers_a_line_before_the_next_is_asked(monkeypatch, capsys):
    answered = []

    class Asking(io.BytesIO):
        def readline(self, size=-1):
            answered.append(len(capsys.readouterr().out.splitlines()))
            return super().readline(size)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Asking(LINE.format(1).encode() * 3)))

    parse_lines("-", stream=True)

    assert answered == [0, 1, 1, 1]


def test_a_line_without_end_is_cut_and_the_next_is_read(tmp_path, capsys):
    path = tmp_path / "long.txt"
    path.write_bytes(b"\xe8\xb7\xaf" * 100_000 + b"\n" + LINE.format(5).encode())

    parse_lines(str(path))

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert ("too-long" in first["flags"], second["road_no"]) == (True, "5号")


def test_an_answer_says_why_in_words(tmp_path, capsys):
    path = tmp_path / "one.txt"
    path.write_text("浙江省杭州市昆山市人民路3号\n", encoding="utf-8")

    parse_lines(str(path))

    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"], answer["reasons"]) == ("bad", ["A104"])
    assert "昆山市" in answer["why"][0]


def test_postcodes_are_checked_against_a_table(tmp_path, capsys):
    table = tmp_path / "postcodes.csv"
    table.write_text("postcode,province,city,county\n215300,江苏省,苏州市,昆山市\n", encoding="utf-8")
    lines = tmp_path / "one.txt"
    lines.write_text("215318 江苏省南京市玄武区中山东路1号\n", encoding="utf-8")

    parse_lines(str(lines), postcodes=table)

    assert json.loads(capsys.readouterr().out)["reasons"] == ["A124"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, InputNotFound),
        (b"a,b\n1,2\n", InputRefused),
        (b"\xff\xfe\x00", InputRefused),
        (b"", InputRefused),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path, content, error):
    path = tmp_path / "postcodes.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(error):
        read_postcodes(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputNotFound):
        parse_lines(str(tmp_path / "no.txt"))
