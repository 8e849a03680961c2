"""Help pages and complaints about the command line, in both languages."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.cli.help import wrapped
from yibao_cli.cli.main import main
from yibao_cli.cli.options import Format
from yibao_cli.cli.terminal import width_of
from yibao_cli.cli.view import write_rows
from yibao_cli.i18n import use_language
from yibao_cli.render.readback import What


@pytest.fixture
def chinese():
    use_language("zh")
    yield
    use_language("en")


def page(*arguments, lang="zh", columns=80):
    """What a new process shows: help texts are made when the commands are imported."""
    environment = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "yibao_cli", "--lang", lang, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0
    return done.stdout


def test_the_chinese_help_has_no_english_word_but_names_that_are_typed():
    text = page("--help")

    assert all(word in text for word in ("用法：", "选项：", "开始：", "数据：", "账单：", "寄递："))
    assert not any(word in text for word in ("Usage", "Options", "Commands", "Show this", "Install", "the "))


def test_the_help_of_a_command_names_its_arguments_in_chinese():
    text = page("import", "--help")

    assert "用法：yibao import [选项] {数据表} {文件}..." in text
    assert "参数：" in text
    assert "[必填]" in text


def test_the_english_help_stays_english():
    text = page("proof", "--help", lang="en")

    assert text.startswith("Usage: yibao proof [OPTIONS] [mailing]")
    assert "[default: 20; 1<=x<=500]" in text


def test_of_two_languages_the_last_one_is_spoken():
    assert page("--lang", "en", "proof", "--help", lang="zh").startswith("Usage: ")
    assert page("--lang=zh", "proof", "--help", lang="en").startswith("用法：")


def test_commands_and_groups_stand_in_the_order_of_the_work():
    lines = page("--help", lang="en").splitlines()
    names = [line.split()[0] for line in lines if line.startswith("  ") and line[2:3].isalpha()]
    work = [
        *("init", "import", "address", "kind", "ads", "merge", "render"),
        *("manifest", "returns", "reconcile"),
    ]

    assert [name for name in names if name in work] == work


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("command", [(), ("import",), ("init",)])
def test_no_line_of_a_help_page_is_wider_than_the_terminal(command, columns):
    widest = max(map(width_of, page(*command, "--help", columns=columns).splitlines()))

    assert widest <= columns


COMPLAINTS = [
    (["nonsense"], "没有命令 nonsense；用法见 `yibao --help`"),
    (["rende"], "没有命令 rende，或许是 'render'"),
    (["import"], "缺少参数：数据表；用法见 `yibao import --help`"),
    (["backup"], "缺少参数：文件；用法见 `yibao backup --help`"),
    (["merge", "--par", "3"], "没有选项 --par；"),
    (["status", "--form"], "没有选项 --form，或许是 --format"),
    (["status", "-f"], "选项 -f 后面要有值"),
    (["--quiet=1", "status"], "选项 --quiet 不带值"),
    (["merge", "A", "B"], "多余的参数：B"),
    (["proof", "A", "-n", "0"], "-n / --count：不得小于 1"),
    (["proof", "A", "-n", "z"], "-n / --count：应为整数"),
    (["status", "-f", "xml"], "-f / --format：xml 不在可选值中：'table', 'csv', 'jsonl'"),
    (["--now", "2026", "status"], "--now：2026 的格式不是 '年-月-日'"),
    (["-q"], "没有给出命令"),
]


@pytest.mark.parametrize(("arguments", "told"), COMPLAINTS)
@pytest.mark.usefixtures("chinese")
def test_a_wrong_command_line_is_told_in_chinese(arguments, told, capsys):
    code = main(arguments)

    assert code == 2
    assert capsys.readouterr().err.startswith(f"yibao: {told}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["status", "-w", "city"], "the option -w stands before the command; write `yibao -w ... status`"),
        (
            ["address", "clean", "-q"],
            "the option -q stands before the command; write `yibao -q ... address clean`",
        ),
        (
            ["import", "roster.xlsx"],
            (
                "the argument files is missing; see `yibao import --help`, such as "
                "`yibao import roster inbox/roster.xlsx`"
            ),
        ),
    ],
)
def test_a_wrong_command_line_is_told_with_the_right_one(arguments, told, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"yibao: {told}\n"


def test_a_command_group_alone_shows_its_help_and_is_a_wrong_command_line(capsys):
    code = main(["returns"])

    assert code == 2
    assert "Usage: yibao returns" in capsys.readouterr().err


@pytest.mark.usefixtures("chinese")
def test_a_table_speaks_chinese_and_csv_stays_as_programs_know_it(capsys):
    rows = [{"part": 1, "what": What.CODE, "detail": "d"}]

    write_rows(rows, "-", Format.TABLE)
    write_rows(rows, "-", Format.CSV)

    assert (
        capsys.readouterr().out
        == '分册  内容    说明\n1     二维码  d\n"part","what","detail"\n"1","code","d"\n'
    )


WORDS = st.text(st.sampled_from("ab 账单，。（）“”x-"), max_size=60)


@given(WORDS, st.integers(4, 30))
def test_wrapping_loses_no_character(text, width):
    lines = wrapped(text, width)

    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(st.sampled_from("账单批次，。；"), max_size=60), st.integers(8, 30))
def test_no_line_begins_with_a_closing_mark(text, width):
    lines = wrapped("账" + text, width)

    assert not [line for line in lines if line[0] in "，。；"]
