"""A workspace with a key does all that one without does, and gives nobody else anything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from e2e_chain import CHECKOUT, LATER, MAILING, TABLES, hashes, made, quietly

from yibao_cli.sealed.keys import new_key
from yibao_cli.store import resealing
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


@pytest.mark.parametrize("state", ["lost", "wrong", "unset", "open"])
def test_without_the_right_key_every_command_says_so_and_changes_nothing(call, keyed, tmp_path, state):
    folder, key = keyed
    if state == "lost":
        key.unlink()
    elif state == "wrong":
        configure(folder, f'key_file = "{key_file(tmp_path, "other.key")}"')
    elif state == "unset":
        configure(folder, "")
    else:
        key.chmod(0o644)
    before = hashes(folder)

    for command in COMMANDS if state == "lost" else COMMANDS[:3]:
        result = call("-w", folder, *command.split())
        assert result.code == (77 if state == "open" else 78), (command, result.err)
        assert len(result.err.splitlines()) == 1
    assert hashes(folder) == before


def test_the_doctor_tells_of_a_key_that_is_lost(call, keyed):
    folder, key = keyed
    key.unlink()

    assert '"check": "encryption", "state": "fault"' in call("-w", folder, "doctor", "-f", "jsonl").out


def test_a_lost_mark_does_not_let_a_wrong_key_in(call, keyed, tmp_path):
    folder, key = keyed
    (folder / "encryption.json").unlink()
    configure(folder, f'key_file = "{key_file(tmp_path, "other.key")}"')

    assert call("-w", folder, "status").code == 78
    configure(folder, f'key_file = "{key}"')
    (folder / "encryption.json").unlink(missing_ok=True)
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


def test_a_backup_stays_encrypted_and_opens_with_the_key(call, keyed, tmp_path, canaries):
    folder, key = keyed

    assert call("-w", folder, "backup", tmp_path / "saved.backup").code == 0
    saved = (tmp_path / "saved.backup").read_bytes()
    assert not any(n.encode() in saved for n in canaries.numbers)
    assert call("restore", tmp_path / "saved.backup", tmp_path / "back").code == 0
    assert call("-w", tmp_path / "back", "keys", "check").code == 0
    key.unlink()
    assert call("-w", tmp_path / "back", "status").code == 78


def test_a_sealed_file_that_was_changed_is_told(call, keyed):
    folder, _key = keyed
    for pattern, command in (("imports/**/rows.parquet", "merge"), ("mailings/*/package/pieces*", "render")):
        path = next(p for p in sorted(folder.glob(pattern)) if "roster" in p.parts or "package" in p.parts)
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))

        assert call("-w", folder, command, MAILING).code == 4
        path.write_bytes(before)


def test_a_picture_of_a_piece_does_not_lie_in_an_encrypted_workspace(call, keyed, tmp_path):
    folder, _key = keyed

    assert call("-w", folder, "preview", MAILING, "00000161").code == 2
    assert call("-w", folder, "preview", MAILING, "00000161", "-o", tmp_path / "one.png").code == 0
    assert list(folder.rglob("preview/*")) == []
