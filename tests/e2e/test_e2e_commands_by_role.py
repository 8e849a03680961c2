"""Every command, by everybody: whoever has the role gets in, and the others are refused before anything is done."""

from __future__ import annotations

import io
import json
import shutil
import sys

import pytest
import typer
from e2e_chain import LATER, hashes, rows_of
from sqlalchemy import create_engine, inspect
from sqlcipher3 import dbapi2
from test_e2e_roles import PEOPLE, add, commands

from yibao_cli.cli.main import app
from yibao_cli.cli.session import Session
from yibao_cli.errors import UsageError
from yibao_cli.jobs.custody import resealing
from yibao_cli.jobs.custody.roles import ANYBODY, COMMANDS

USERS = {"wang": "operator", "li": "approver", "zhao": "auditor", "sun": ""}
GUARDED = sorted(name for name, roles in COMMANDS.items() if roles != ANYBODY)
# Where the least that parses is not enough to come as far as the workspace.
MORE = {
    "address suppress": ["1", "--why", "moved"],
    "address enquiry": ["1", "--asker", "family", "--question", "x", "--answer", "y"],
    "address review": ["-o", "1.xlsx"],
    "purge": ["--dry-run"],
}


class InsideError(UsageError):
    """The command was let in."""


def least(name):
    """The words of a command with everything that it must be given, and no more."""
    command = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]
    given = []
    for param in command.params:
        if param.required:
            # A number, a text and the name of a file that is not there.
            given += ["1"] if param.param_type_name == "argument" else [param.opts[0], "1"]
    return [*name.split(), *MORE.get(name, given)]


@pytest.fixture(scope="module")
def ruled(states, tmp_path_factory):
    """A workspace with roles that is looked at, and never changed."""
    folder = shutil.copytree(states.at("posted"), tmp_path_factory.mktemp("ruled") / "workspace")
    add(folder, PEOPLE)
    return folder


@pytest.fixture
def as_user(call, monkeypatch):
    def run(user, folder, words):
        monkeypatch.setenv("YIBAO_USER", user)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        return call("-w", folder, "--now", LATER, *words)

    return run


def everything(folder):
    """Files and rows of a workspace, but the audit trail and where it was written down."""
    own = ("yibao.db", "audit.head", ".locks")
    files = {name: digest for name, digest in hashes(folder).items() if not name.startswith(own)}
    engine = create_engine(f"sqlite+pysqlite:///{folder / 'yibao.db'}", module=dbapi2)
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"audit"}
        rows = {t: connection.exec_driver_sql(f'SELECT * FROM "{t}"').all() for t in tables}
    engine.dispose()
    return files, rows


@pytest.mark.parametrize("name", GUARDED)
def test_whoever_lacks_the_role_is_refused_and_only_the_trail_knows(as_user, ruled, name):
    refused = [user for user, role in USERS.items() if role not in COMMANDS[name]]
    before = everything(ruled)
    trail = rows_of(ruled, "SELECT count(*) FROM audit")[0][0]

    for user in refused:
        result = as_user(user, ruled, least(name))
        assert (result.code, result.out) == (77, ""), (user, result.err)
        assert f"{user} may not run `yibao {name}`" in result.err

    assert everything(ruled) == before
    told = rows_of(ruled, f"SELECT command, facts FROM audit WHERE seq > {trail} ORDER BY seq")
    assert [command for command, _facts in told] == ["refused"] * len(refused)
    for (_command, facts), user in zip(told, refused, strict=True):
        assert json.loads(facts) == {"refused": name, "person": user, "needs": sorted(COMMANDS[name])}


@pytest.fixture
def stopped(monkeypatch):
    """Commands end as soon as they were let in, with everything before that done for real."""

    def then_stop(real):
        def stop(*arguments, **options):
            real(*arguments, **options)
            raise InsideError("inside")

        return stop

    monkeypatch.setattr(Session, "workspace", then_stop(Session.workspace))
    monkeypatch.setattr(resealing, "_require_role", then_stop(resealing._require_role))


@pytest.mark.parametrize("name", GUARDED)
def test_whoever_has_the_role_is_let_in(as_user, ruled, stopped, name):
    for user, role in USERS.items():
        if role in COMMANDS[name]:
            result = as_user(user, ruled, least(name))
            assert (result.code, "inside" in result.err) == (2, True), (user, result.err)


@pytest.mark.parametrize("name", GUARDED)
def test_without_roles_everybody_is_let_in(as_user, states, stopped, name):
    result = as_user("sun", states.at("posted"), least(name))

    assert (result.code, "inside" in result.err) == (2, True), result.err


@pytest.mark.parametrize("words", ["licences", "kind check medical", "doctor", "address parse -"])
def test_what_touches_nobodys_data_is_for_anybody(as_user, ruled, words):
    assert as_user("sun", ruled, words.split()).code != 77
    assert COMMANDS[" ".join(words.split()[:2])] == ANYBODY if " " in words else COMMANDS[words] == ANYBODY


def test_the_table_has_every_command_that_there_is():
    assert set(COMMANDS) == set(commands(typer.main.get_command(app)))
