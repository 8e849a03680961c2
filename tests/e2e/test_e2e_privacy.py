"""A workspace with a key does all that one without does, and gives nobody else anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import types

import openpyxl
import pyarrow.parquet as pq
import pytest
from e2e_chain import CHECKOUT, LATER, MAILING, TABLES, hashes, made, outside, quietly
from PIL import Image

from yibao_cli.sealed.files import read_bytes, sealing, source
from yibao_cli.sealed.keys import new_key
from yibao_cli.store import resealing
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.unlocking import key_in_file, write_key

KEPT = ("imports/**/*.parquet", "imports/**/*.jsonl", "mailings/*/package/*.parquet", "yibao.db*")


def configure(folder, line):
    """Let [encryption] of a workspace be one line; "" for none."""
    path = folder / "yibao.toml"
    words = re.sub(r"\n\[encryption\]\n.*\n", "", path.read_text(encoding="utf-8"))
    path.write_text(words + (f"\n[encryption]\n{line}\n" if line else ""), encoding="utf-8")


def key_file(tmp_path, name="yibao.key"):
    path = tmp_path / name
    write_key(path, new_key())
    return path


@pytest.fixture(scope="module")
def keyed_once(states, tmp_path_factory):
    """The small workspace, merged with a key from its first import on, and the key."""
    root = tmp_path_factory.mktemp("keyed")
    folder, path = shutil.copytree(states.at("new"), root / "workspace"), key_file(root)
    # Another test may have looked at the shared workspace, which makes a database without a key.
    for name in ("yibao.db", "yibao.db-wal", "yibao.db-shm", "audit.head"):
        (folder / name).unlink(missing_ok=True)
    configure(folder, f'key_file = "{path}"')
    for table in TABLES:
        quietly("-w", folder, "import", table, folder / "inbox" / f"{table}.xlsx")
    for step in ("address clean", "merge"):
        quietly("-w", folder, *step.split())
    return folder, path


@pytest.fixture
def keyed(keyed_once, tmp_path):
    """A copy of it, to do anything to, and a copy of the key."""
    folder = shutil.copytree(keyed_once[0], tmp_path / "workspace")
    path = shutil.copyfile(keyed_once[1], tmp_path / "yibao.key")
    path.chmod(0o600)
    configure(folder, f'key_file = "{path}"')
    return folder, path


def kept(folder):
    return [p for pattern in KEPT for p in sorted(folder.glob(pattern)) if p.is_file()]


def betrayals(folder, canaries):
    """What of the roster stands in the bytes of what is kept."""
    numbers = {n.encode() for n in canaries.numbers}
    names = {t.encode() for t in canaries.texts if len(t) > 2}
    found = set()
    for path in kept(folder):
        data = path.read_bytes()
        found |= {word for word in names | numbers if word in data}
    return found


# ------------------------------------------------------------------ the chain


def test_the_chain_with_a_key_prints_the_same_and_leaves_nothing_to_read(call, states, keyed, canaries):
    folder, _key = keyed
    # The mailing of the shared workspace was made by these very steps, without a key.
    for step in ("render --workers 2", "verify --workers 1", "manifest"):
        assert call("-w", folder, *step.split()).code == 0
    quietly("-w", folder, "--now", LATER, "returns", "import", folder / "inbox" / "returns.xlsx")
    quietly("-w", folder, "--now", LATER, "reconcile", allowed=(0, 3, 4))

    plain = states.at("rendered")
    assert betrayals(plain, canaries)  # the look finds what there is to find
    assert not betrayals(folder, canaries)
    assert hashes(made(folder) / "print") == hashes(made(plain) / "print")
    package = made(folder) / "package"
    assert (package / "package.json").read_bytes() == (made(plain) / "package/package.json").read_bytes()
    assert resealing.sealed_by(package / "pieces-0001.parquet")
    assert call("-w", folder, "audit", "verify").code == 0
    modes = {p.stat().st_mode & 0o777 for p in folder.rglob("*") if p.is_file() and "inbox" not in p.parts}
    assert modes == {0o600}


# ------------------------------------------------------------------ the key


COMMANDS = (
    "status",
    "merge",
    "render",
    "verify",
    "address show 1",
    "audit list",
    "keys check",
    "purge --dry-run",
)


def spoil(folder, key, tmp_path, state):
    """Let a workspace's key be anything but the right one; the words that the message must have."""
    right = key_in_file(key).id.hex()
    if state == "lost":
        key.unlink()
    elif state == "wrong":
        other = key_file(tmp_path, "other.key")
        configure(folder, f'key_file = "{other}"')
        return right, key_in_file(other).id.hex(), "keys rotate"
    elif state == "unset":
        configure(folder, "")
        return right, "no key is configured"
    elif state == "open":
        key.chmod(0o644)
        return (f"chmod 600 {key}",)
    elif state == "both":
        configure(folder, f'key_file = "{key}"\nkey_env = "CLIENT_KEY"')
        return ("one place",)
    elif state == "inside":
        inside = shutil.copyfile(key, folder / "inside.key")
        inside.chmod(0o600)
        configure(folder, 'key_file = "inside.key"')
    elif state == "folder":
        key.unlink()
        key.mkdir(mode=0o700)
    else:
        key.write_bytes({"empty": b"", "half": key.read_bytes()[:20], "binary": b"\xff\x00" * 40}[state])
    return (str(key if state != "inside" else folder / "inside.key"),)


@pytest.mark.parametrize(
    "state", ["lost", "wrong", "unset", "open", "both", "inside", "folder", "empty", "half", "binary"]
)
def test_without_the_right_key_every_command_says_so_and_changes_nothing(call, keyed, tmp_path, state):
    folder, key = keyed
    words = spoil(folder, key, tmp_path, state)
    before = hashes(folder)

    for command in COMMANDS if state == "lost" else COMMANDS[:3]:
        result = call("-w", folder, *command.split())
        assert result.code == (77 if state == "open" else 78), (command, result.err)
        assert len(result.err.splitlines()) == 1
        assert all(word in result.err for word in words), result.err
    assert hashes(folder) == before


def test_without_the_package_or_the_entry_a_keyring_gives_no_key(call, keyed, monkeypatch):
    folder, key = keyed
    configure(folder, 'keyring = "yibao/client"')
    before, text = hashes(folder), key.read_text(encoding="ascii")

    def ring(password):
        module = types.ModuleType("keyring")
        module.get_password = password
        monkeypatch.setitem(sys.modules, "keyring", module)

    def locked(_service, _name):
        raise RuntimeError(text)

    monkeypatch.setitem(sys.modules, "keyring", None)
    lacking = call("-w", folder, "status")
    assert (lacking.code, "pip install keyring" in lacking.err) == (78, True)
    for password in (lambda _s, _n: None, lambda _s, _n: "abc", locked):
        ring(password)
        result = call("-w", folder, "status")
        assert (result.code, len(result.err.splitlines()), text.strip() in result.err) == (78, 1, False)
    assert hashes(folder) == before
    ring(lambda service, name: text if (service, name) == ("yibao", "client") else None)
    assert call("-w", folder, "keys", "check").code == 0


def test_the_doctor_tells_of_a_key_that_is_lost(call, keyed):
    folder, key = keyed
    key.unlink()

    assert '"check": "encryption", "state": "fault"' in call("-w", folder, "doctor", "-f", "jsonl").out


def test_a_lost_mark_does_not_let_a_wrong_key_in_nor_write_one_down(call, keyed, tmp_path):
    folder, key = keyed
    assert call("-w", folder, "status").code == 0  # what lay beside the database is in it from here on
    (folder / "encryption.json").unlink()
    configure(folder, f'key_file = "{key_file(tmp_path, "other.key")}"')
    before = hashes(folder)

    for _once_more in range(2):
        result = call("-w", folder, "status")
        assert (result.code, key_in_file(key).id.hex() in result.err) == (78, True)
    assert hashes(folder) == before
    configure(folder, f'key_file = "{key}"')
    assert call("-w", folder, "keys", "check").code == 0
    assert call("-w", folder, "audit", "verify").code == 0


def test_the_key_comes_from_the_environment_and_is_never_shown(call, keyed, monkeypatch):
    folder, key = keyed
    text = key.read_text(encoding="ascii").strip()
    key.unlink()
    configure(folder, 'key_env = "CLIENT_KEY"')

    monkeypatch.setenv("CLIENT_KEY", text)
    result = call("-w", folder, "keys", "check")
    assert result.code == 0
    assert text not in result.err + result.out
    monkeypatch.delenv("CLIENT_KEY")
    assert call("-w", folder, "keys", "check").code == 78
    assert not any(text.encode() in p.read_bytes() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    "line",
    ['key_file = "yibao.toml"', 'key_file = "x"\nkey_env = "Y"', 'key_env = "no name"', 'keyring = "x"'],
)
def test_a_key_in_the_workspace_or_in_two_places_is_refused(call, at, line):
    folder = at("new")
    configure(folder, line)

    assert call("-w", folder, "status").code == 78


def test_a_key_is_never_overwritten(call, tmp_path):
    assert call("keys", "new", tmp_path / "a" / "one.key").code == 0
    before = (tmp_path / "a" / "one.key").read_bytes()

    assert call("keys", "new", tmp_path / "a" / "one.key").code == 78
    assert (tmp_path / "a" / "one.key").read_bytes() == before
    assert (tmp_path / "a" / "one.key").stat().st_mode & 0o777 == 0o600
    assert before.decode().strip() not in call("keys", "check").err


# ------------------------------------------------------------------ over to another key


def test_data_in_plain_waits_until_it_is_encrypted(call, at, tmp_path):
    folder = at("merged")
    configure(folder, f'key_file = "{key_file(tmp_path)}"')

    assert call("-w", folder, "render").code == 5
    assert call("-w", folder, "keys", "encrypt").code == 0
    assert call("-w", folder, "merge").code == 3


@pytest.mark.parametrize("steps", [1, 9])
def test_a_change_of_the_key_that_was_killed_goes_on(call, keyed, tmp_path, monkeypatch, canaries, steps):
    folder, old = keyed
    new = key_file(tmp_path, "new.key")
    configure(folder, f'key_file = "{new}"')
    done = iter(range(steps))
    real = resealing.sync_folder

    def killed(where):
        if next(done, None) is None:
            raise KeyboardInterrupt
        real(where)

    monkeypatch.setattr(resealing, "sync_folder", killed)
    stopped = call("-w", folder, "keys", "rotate", "--old", old).code
    monkeypatch.undo()
    assert stopped == 130
    assert call("-w", folder, "status").code == 5
    assert call("-w", folder, "keys", "rotate", "--old", old).code == 0

    old.unlink()
    assert call("-w", folder, "keys", "check").code == 0
    assert not betrayals(folder, canaries)


def test_a_worker_that_outlives_a_key_asks_for_the_next_one(call, keyed, tmp_path):
    folder, old = keyed
    path = next((made(folder) / "package").glob("pieces*"))
    new = key_file(tmp_path, "new.key")
    words = [[sys.executable, "-c", ASKING, str(path)]]
    asking = subprocess.Popen(*words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT, text=True)
    with asking:
        first = asking.stdout.readline().strip()
        configure(folder, f'key_file = "{new}"')
        assert call("-w", folder, "keys", "rotate", "--old", old).code == 0
        second = asking.communicate("\n")[0].strip()

    assert (first, second) == tuple(key_in_file(file).id.hex() for file in (old, new))


ASKING = """
import sys
from pathlib import Path
import yibao_cli.jobs.unlocking
from yibao_cli.sealed.files import read_bytes
from yibao_cli.sealed.keys import key_of
for _ in range(2):
    assert read_bytes(Path(sys.argv[1]))
    print(key_of(Path(sys.argv[1])).id.hex(), flush=True)
    sys.stdin.readline()
"""


def test_decrypted_again_it_is_what_it_was(call, states, keyed):
    folder, key = keyed
    configure(folder, "")

    assert call("-w", folder, "keys", "decrypt", "--old", key).code == 0
    assert hashes(made(folder)) == hashes(made(states.at("merged")))
    assert call("-w", folder, "status").code == 0


def test_a_backup_is_encrypted_whole_what_leaves_in_plain_too(call, keyed, tmp_path, canaries):
    folder, key = keyed
    (folder / "inbox" / "list.txt").write_text("\n".join(sorted(canaries.numbers)), encoding="utf-8")
    saved = tmp_path / "saved.backup"

    told = call("-w", folder, "backup", saved).err

    assert f"encrypted by key {key_in_file(key).id.hex()}" in told
    data = saved.read_bytes()
    assert b"yibao.toml" not in data
    assert not any(n.encode() in data for n in canaries.numbers)
    assert saved.stat().st_mode & 0o777 == 0o600
    # The key is that of the workspace at hand, or, where there is none, of a file.
    assert call("-w", folder, "restore", saved, tmp_path / "back").code == 0
    assert call("restore", saved, tmp_path / "far", "--key", key).code == 0
    for name in ("back", "far"):
        assert hashes(tmp_path / name / "inbox") == hashes(folder / "inbox")
        assert call("-w", tmp_path / name, "keys", "check").code == 0
        assert call("-w", tmp_path / name, "audit", "verify").code == 0
    key.unlink()
    assert call("-w", tmp_path / "back", "status").code == 78


def test_without_its_key_a_backup_restores_nothing_and_says_which_is_wanted(
    call, keyed, tmp_path, monkeypatch
):
    folder, key = keyed
    saved, other = tmp_path / "saved.backup", key_file(tmp_path, "other.key")
    assert call("-w", folder, "backup", saved).code == 0
    monkeypatch.chdir(tmp_path)

    for options in ([], ["--key", other]):
        result = call("restore", saved, tmp_path / "back", *options)
        assert (result.code, len(result.err.splitlines())) == (78, 1)
        assert key_in_file(key).id.hex() in result.err
        assert "--key FILE" in result.err
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("hurt", ["cut", "flipped", "grown"])
def test_a_sealed_backup_that_was_hurt_restores_nothing(call, keyed, tmp_path, hurt):
    folder, key = keyed
    saved = tmp_path / "saved.backup"
    assert call("-w", folder, "backup", saved).code == 0
    data = saved.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    saved.write_bytes({"cut": data[:middle], "flipped": flipped, "grown": data + b"x"}[hurt])

    result = call("restore", saved, tmp_path / "back", "--key", key)

    assert (result.code, len(result.err.splitlines())) == (65, 1)
    assert not (tmp_path / "back").exists()


def test_a_backup_from_before_it_was_sealed_whole_is_restored(call, keyed, tmp_path, monkeypatch):
    folder, _key = keyed
    monkeypatch.setattr("yibao_cli.jobs.custody.backup.key_of", lambda _path: None)
    assert call("-w", folder, "backup", tmp_path / "saved.backup").code == 0
    monkeypatch.undo()

    assert call("restore", tmp_path / "saved.backup", tmp_path / "back").code == 0
    assert call("-w", tmp_path / "back", "keys", "check").code == 0


def test_a_sealed_file_that_was_changed_is_told(call, keyed):
    folder, _key = keyed
    for pattern, command in (("imports/**/rows.parquet", "merge"), ("mailings/*/package/pieces*", "render")):
        path = next(p for p in sorted(folder.glob(pattern)) if "roster" in p.parts or "package" in p.parts)
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))

        assert call("-w", folder, command, MAILING).code == 4
        path.write_bytes(before)


def test_a_file_of_another_key_is_none_of_the_workspace_whatever_reads_it(call, keyed, tmp_path):
    folder, key = keyed
    other = key_in_file(key_file(tmp_path, "other.key"))
    for pattern, command in (
        ("imports/**/rows.parquet", "merge"),
        ("imports/**/findings.jsonl", "merge"),
        ("mailings/*/package/pieces*", "render"),
        ("mailings/*/package/pieces*", "keys check"),
        ("mailings/*/package/pieces*", "preview 2026Q3 00000161 -o unmade.png"),
    ):
        path = next(p for p in sorted(folder.glob(pattern)) if {"roster", "package"} & set(p.parts))
        before, said = path.read_bytes(), read_bytes(path)
        with sealing(path, other) as stream:
            stream.write(said)

        result = call("-q", "-w", folder, *command.split())
        assert (result.code, len(result.err.splitlines())) == (4, 1), (command, result.err)
        assert path.name in result.err
        assert {other.id.hex(), key_in_file(key).id.hex()} <= set(re.findall(r"[0-9a-f]{16}", result.err))
        path.write_bytes(before)


def test_a_page_of_the_database_that_was_changed_is_found_by_the_check(call, keyed):
    folder, _key = keyed
    call("-w", folder, "keys", "check")
    path = folder / "yibao.db"
    data = bytearray(path.read_bytes())
    data[-2000] ^= 1
    path.write_bytes(data)

    assert call("-w", folder, "keys", "check").code == 4


# ------------------------------------------------------------------ lists for people


@pytest.fixture(scope="module")
def listed_once(keyed_once, tmp_path_factory):
    """The small workspace with a key, posted and answered, with every list that stays in it."""
    root = tmp_path_factory.mktemp("listed")
    folder = shutil.copytree(keyed_once[0], root / "workspace")
    for step in ("render --workers 2", "verify --workers 1", "manifest"):
        quietly("-w", folder, *step.split())
    back(folder, root)
    for words in (
        f"returns import {root / 'back.csv'}",
        f"returns decode {root / 'photo.png'}",
        "reconcile",
        "survey draw --precision 0.2",
        "returns corrections",
        "month-end 2026-11",
    ):
        quietly("-w", folder, "--now", LATER, *words.split(), allowed=(0, 3, 4))
    corrected(folder, root)
    return folder, keyed_once[1]


def back(folder, root):
    """Returns whose addressees are known by their numbers, and a photo without a code."""
    tables = [pq.read_table(source(p)) for p in sorted((made(folder) / "package").glob("pieces*"))]
    pieces = sorted(p for table in tables for p in table.column("piece").to_pylist())[:5]
    lines = "".join(f"{piece},2026-10-20,已去世\n" for piece in pieces)
    (root / "back.csv").write_text("账单编号,退信日期,退回原因\n" + lines, encoding="utf-8")
    Image.new("RGB", (900, 600), "white").save(root / "photo.png")


def corrected(folder, root):
    """A list of walks that corrects an earlier one: what it changed is listed."""
    head = "投递段,道路,单位\n"
    for day, text in (("1", f"{head}101,中山路,甲\n"), ("2", f"{head}102,中山路,乙\n")):
        (root / "walks.csv").write_text(text, encoding="utf-8")
        quietly(
            "-w",
            folder,
            "--now",
            f"2026-11-2{day}",
            "import",
            "walks",
            root / "walks.csv",
            allowed=(0, 3, 65),
        )


LISTED = (
    *("survey-2026Q3.xlsx", "corrections-2026Q3.xlsx", "停寄名单-退信.csv", "2026-11.zip", ".jpg"),
    "changes.xlsx",
)


@pytest.fixture
def listed(listed_once, tmp_path):
    folder = shutil.copytree(listed_once[0], tmp_path / "workspace")
    key = shutil.copyfile(listed_once[1], tmp_path / "yibao.key")
    key.chmod(0o600)
    configure(folder, f'key_file = "{key}"')
    return folder, key


def test_lists_that_stay_are_encrypted_and_taken_out_for_who_reads_them(call, listed, tmp_path):
    folder, key = listed
    found = {name: [p for p in resealing.lists(folder) if p.name.endswith(name)] for name in LISTED}
    assert all(found.values()), found
    for number, path in enumerate(p for paths in found.values() for p in paths):
        assert resealing.sealed_by(path) == key_in_file(key).id, path
        out = tmp_path / f"{number}{path.suffix}"
        assert call("-w", folder, "keys", "open", path.relative_to(folder), "-o", out).code == 0
        assert out.read_bytes()[:2] in {b"PK", b"\xef\xbb", b"\xff\xd8"}
        assert out.stat().st_mode & 0o777 == 0o600
        opened = rows_under(folder, key, "SELECT facts, mailing FROM audit ORDER BY seq DESC LIMIT 1")
        assert json.loads(opened[0][0])["file"] == path.relative_to(folder).as_posix()
        # What counts for every mailing, or is of several, is about no single one.
        about = "" if {"停寄名单-退信.csv", "2026-11.zip", "walks"} & {path.name, *path.parts} else MAILING
        assert opened[0][1] == about, path
    assert call("-w", folder, "audit", "verify").code == 0
    filled = [p for p in tmp_path.glob("*.xlsx") if "回访" in openpyxl.load_workbook(p).sheetnames]
    assert call("-w", folder, "--now", LATER, "survey", "import", filled[0]).code == 0


def rows_under(folder, key, query):
    engine = open_database(folder, key=key_in_file(key))
    with reading(engine) as connection:
        rows = connection.exec_driver_sql(query).all()
    engine.dispose()
    return rows


def test_nothing_but_lists_is_taken_out_and_nothing_into_the_workspace(call, listed, tmp_path):
    folder, _key = listed
    survey = f"mailings/{MAILING}/survey/survey-{MAILING}.xlsx"
    package = next((made(folder) / "package").glob("pieces*")).relative_to(folder)
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"mine")

    for name, out, code in (
        (package, tmp_path / "a", 66),
        ("yibao.toml", tmp_path / "b", 66),
        ("../yibao.key", tmp_path / "c", 66),
        (f"{survey}/../../package/{package.name}", tmp_path / "d", 66),
        (survey, folder / "out.xlsx", 2),
        (survey, there, 2),
    ):
        assert call("-w", folder, "keys", "open", name, "-o", out).code == code, name
    assert there.read_bytes() == b"mine"
    assert not any((tmp_path / name).exists() for name in "abcd")


def test_the_lists_go_over_with_the_key_and_back_to_plain(call, listed, tmp_path):
    folder, key = listed
    new = key_file(tmp_path, "new.key")
    configure(folder, f'key_file = "{new}"')
    assert call("-w", folder, "keys", "rotate", "--old", key).code == 0
    assert {resealing.sealed_by(p) for p in resealing.lists(folder)} == {key_in_file(new).id}
    # In a process of its own: here its connection would stay open until it is swept up.
    assert outside("-w", folder, "keys", "check").code == 0

    configure(folder, "")
    assert call("-w", folder, "keys", "decrypt", "--old", new).code == 0
    assert {resealing.sealed_by(p) for p in resealing.lists(folder)} == {b""}
    assert call("-w", folder, "--now", LATER, "month-end", "2026-11").code in {0, 4}


def test_a_picture_of_a_piece_does_not_lie_in_an_encrypted_workspace(call, keyed, tmp_path):
    folder, _key = keyed

    assert call("-w", folder, "preview", MAILING, "00000161").code == 2
    assert call("-w", folder, "preview", MAILING, "00000161", "-o", tmp_path / "one.png").code == 0
    assert list(folder.rglob("preview/*")) == []
