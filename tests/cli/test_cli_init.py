"""The first command, as somebody at a terminal meets it, and as a script does."""

from __future__ import annotations

import os
import select
import signal
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.__main__ import run
from yibao_cli.config import load_settings
from yibao_cli.jobs.setup.beginning import answered, kind_of, kinds, period_of, questions, settings_text

pty = pytest.importorskip("pty")  # not on Windows
TODAY = "2026-10-03"


def at_terminal(arguments, answers):
    """Run a command on a terminal of its own and type; gives exit code and all that stood there."""
    command = [sys.executable, "-m", "yibao_cli", "--lang", "en", "--now", TODAY, *map(str, arguments)]
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, command, {**os.environ, "TERM": "xterm", "COLUMNS": "80"})
    shown, left, end = b"", list(answers), time.monotonic() + 120
    while time.monotonic() < end:
        select.select([terminal], [], [], 60)
        try:
            chunk = os.read(terminal, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        shown += chunk
        if left and shown.endswith(b"]: "):
            os.write(terminal, left.pop(0))
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode(), left


def test_an_operator_answers_and_can_go_on_at_once(tmp_path):
    typed = [
        "石家庄市医疗保险中心",
        "建设北大街12号",
        "05001",
        "050011",
        "12393",
        "",
        "5",
        "4",
        "",
        "",
        "",
        "",
    ]

    code, shown, left = at_terminal(["init", tmp_path / "work"], [f"{t}\n".encode() for t in typed])

    assert (code, left) == (0, [])
    settings = load_settings(tmp_path / "work")
    assert settings.client.name == "石家庄市医疗保险中心"
    assert settings.client.postcode == "050011"
    assert settings.mailing == "2026Q3"
    mailing = settings.mailing_settings("2026Q3")
    assert (mailing.kind, mailing.starts, mailing.ends) == ("medical-dl", "2026-07-01", "2026-09-30")
    assert settings.tariff.local_prefixes == ("0500",)
    assert "a postcode has six digits" in shown
    assert shown.rstrip().endswith(f"next: yibao -w {tmp_path / 'work'} status")
    assert (tmp_path / "work" / "inbox").is_dir()
    assert (tmp_path / "work" / "yibao.toml").read_text(encoding="utf-8").count("# ") >= 12


def test_words_of_the_list_and_the_wide_letters_of_an_input_method_are_understood(tmp_path):
    typed = [
        "中心",
        "街12号",
        "０５００１１",
        "1",
        "",
        "电费对账单",
        "６号三折邮简",
        "２０２６ｑ３",
        "",
        "0500，0501",
        "",
    ]

    code, _shown, left = at_terminal(["init", tmp_path / "work"], [f"{t}\n".encode() for t in typed])

    settings = load_settings(tmp_path / "work")
    assert (code, left) == (0, [])
    assert (settings.client.postcode, settings.mailing) == ("050011", "2026Q3")
    assert settings.mailing_settings("2026Q3").kind == "electricity"
    assert settings.tariff.local_prefixes == ("0500", "0501")


def test_ctrl_c_in_the_middle_leaves_nothing(tmp_path):
    code, shown, _left = at_terminal(["init", tmp_path / "work"], [b"x\n", b"\x03"])

    assert code == 128 + signal.SIGINT
    assert "Traceback" not in shown
    assert not (tmp_path / "work").exists()


def test_a_closed_input_leaves_nothing_too(tmp_path):
    code, _shown, _left = at_terminal(["init", tmp_path / "work"], [b"\x04"])

    assert code == 130
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("manner", [["--yes"], ["--sample"]])
def test_nothing_is_asked_where_nobody_wants_it(tmp_path, manner):
    code, shown, left = at_terminal(["init", tmp_path / "work", *manner], [b"never\n"])

    assert (code, len(left)) == (0, 1)
    assert "]:" not in shown


def test_options_answer_without_a_terminal(tmp_path, capfd):
    code = run(
        [
            "--lang",
            "en",
            "--now",
            TODAY,
            "init",
            str(tmp_path / "w"),
            "--client",
            '中心"\\',
            "--kind",
            "electricity",
            "-m",
            "2026-09",
        ]
    )

    settings = load_settings(tmp_path / "w")
    assert code == 0
    assert settings.client.name == '中心"\\'
    assert settings.mailing_settings("2026-09").kind == "electricity"
    assert f"next: yibao -w {tmp_path / 'w'} status" in capfd.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--postcode", "1"],
        ["--product", "card", "--kind", "electricity"],
        ["--mailing", "2026/Q3"],
        ["--posting", "8.10.2026"],
        ["--local", "05x"],
        ["--tariff", "nowhere.toml"],
    ],
)
def test_a_wrong_option_makes_nothing(tmp_path, wrong, capfd):
    code = run(["--lang", "en", "init", str(tmp_path / "w"), *wrong])

    assert code == 2
    assert wrong[0] in capfd.readouterr().err
    assert not (tmp_path / "w").exists()


@given(st.dictionaries(st.sampled_from(["client", "address", "phone", "printer"]), st.text(max_size=30)))
def test_whatever_is_typed_is_read_back_as_it_was(tmp_path_factory, told):
    told = {k: v.encode("utf-8", "replace").decode() for k, v in told.items() if v}
    folder = tmp_path_factory.mktemp("init")
    (folder / "yibao.toml").write_text(settings_text(answered(told, TODAY)), encoding="utf-8", newline="")

    client = load_settings(folder).client.model_dump() | {"client": load_settings(folder).client.name}

    assert {k: client[k] for k in told} == told


def test_each_kind_is_reached_by_its_name_or_its_product():
    listed = {q.key: q for q in questions(TODAY)}["kind"].choices({})

    assert all(kind_of({"kind": k, "product": v["product"]}) == k for k, v in kinds().items())
    assert {kind_of({"kind": "medical", "product": p}) for p in ("card", "window-C5")} == {
        "medical-card",
        "medical-c5",
    }
    assert "medical-dl" not in listed
    assert "medical-annual" in listed


@pytest.mark.parametrize(
    ("mailing", "period"),
    [
        ("2026Q1", ("2026-01-01", "2026-03-31")),
        ("2028-02", ("2028-02-01", "2028-02-29")),
        ("2025", ("2025-01-01", "2025-12-31")),
        ("CUT-7", ("2026-07-01", "2026-09-30")),
    ],
)
def test_a_mailing_s_name_tells_its_period(mailing, period):
    assert period_of(mailing, TODAY)[:2] == period
