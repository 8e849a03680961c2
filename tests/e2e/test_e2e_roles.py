"""Who may do what, and the second person's signature under the proofs."""

from __future__ import annotations

import json

import pytest
from e2e_chain import MAILING, made, rows_of

from yibao_cli.jobs.custody.roles import ANYBODY, COMMANDS
from yibao_cli.jobs.signers import same_person

PEOPLE = '[roles]\noperator = ["wang"]\napprover = ["li"]\nauditor = ["zhao"]\n'
REQUIRED = "[approval]\nrequired = true\n"


def commands(group, before=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


def add(folder, words):
    path = folder / "yibao.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + words, encoding="utf-8")


@pytest.fixture
def as_user(call, monkeypatch):
    """Run a command as somebody."""

    def run(user, folder, words):
        monkeypatch.setenv("YIBAO_USER", user)
        return call("-w", folder, *words.split())

    return run


# ------------------------------------------------------------------ roles


def test_each_role_may_do_its_own_and_no_more(as_user, at):
    folder = at("merged")
    add(folder, PEOPLE)

    allowed = {
        "status": {"wang", "li", "zhao"},
        "audit list": {"wang", "li", "zhao"},
        "address show 1": {"wang", "li"},
        "address parse nothing": {"wang", "li", "zhao", "sun"},
        "verify": {"wang"},
        "purge --dry-run": {"li"},
        "keys rotate --old x": {"li"},
    }
    for words, users in allowed.items():
        for user in ("wang", "li", "zhao", "sun"):
            code = as_user(user, folder, words).code
            assert (code != 77) == (user in users), (words, user, code)


def test_a_refusal_says_who_may_and_is_in_the_trail(as_user, at):
    folder = at("merged")
    add(folder, PEOPLE)

    refused = as_user("zhao", folder, "merge")

    assert refused.code == 77
    assert "zhao may not run `yibao merge`: that is for the role operator" in refused.err
    assert as_user("zhao", folder, "audit verify").code == 0
    facts = json.loads(rows_of(folder, "SELECT facts FROM audit WHERE command = 'refused'")[0][0])
    assert facts == {"refused": "merge", "person": "zhao", "needs": ["operator"]}


def test_without_roles_everybody_may_do_everything(as_user, at):
    assert as_user("anybody", at("merged"), "verify").code == 5  # it is not rendered, and that is all


def test_roles_do_not_come_from_the_environment(as_user, at, monkeypatch):
    folder = at("merged")
    add(folder, PEOPLE)
    monkeypatch.setenv("YIBAO_ROLES_OPERATOR", "zhao")

    assert as_user("zhao", folder, "merge").code == 77


def test_what_anybody_may_run_opens_no_workspace():
    assert {"init", "doctor", "address parse"} <= {c for c, roles in COMMANDS.items() if roles == ANYBODY}
    assert not {"status", "merge", "purge"} & {c for c, roles in COMMANDS.items() if roles == ANYBODY}


# ------------------------------------------------------------------ approval


def test_nothing_is_rendered_before_a_second_person_signed_the_proofs(as_user, at, monkeypatch):
    folder = at("merged")
    add(folder, REQUIRED)

    assert as_user("", folder, "render").code == 5
    assert as_user("li", folder, "approve").code == 5  # there are no proofs yet
    assert as_user("", folder, "proof -n 1").code == 0
    assert f"next: yibao -w {folder} approve" in as_user("", folder, "status").err
    assert as_user("", folder, "approve").code == 5  # whoever merged it cannot sign
    signed = as_user("li", folder, "approve")
    assert signed.code == 0, signed.err
    assert as_user("li", folder, "approve").code == 0
    assert f"next: yibao -w {folder} render" in as_user("", folder, "status").err
    assert as_user("", folder, "render --workers 1").code == 0
    events = rows_of(folder, "SELECT facts FROM audit WHERE command = 'approve'")
    package = rows_of(folder, "SELECT package_sha256 FROM mailings")[0][0]
    assert [json.loads(f[0])["package"] for f in events] == [package]
    assert json.loads(events[0][0])["checker"] == "li"


def test_another_merge_makes_the_signature_void(as_user, at):
    folder = at("merged")
    add(folder, REQUIRED)
    as_user("", folder, "proof -n 1")
    assert as_user("li", folder, "approve").code == 0

    assert as_user("", folder, "merge").code == 3
    assert as_user("", folder, "render --workers 1").code == 0  # the very same package
    as_user("", folder, "merge --where person_no!='0'")
    refused = as_user("", folder, "render")
    assert refused.code == 5
    assert f"the proofs of mailing {MAILING} are not signed" in refused.err
    assert as_user("li", folder, "approve").code == 5  # the proofs are of the package before


@pytest.mark.parametrize("name", ["WANG", " wang ", "ｗａｎｇ", "wa\u200bng", "wa ng", "wang\u00a0"])
def test_another_way_to_write_a_name_is_no_second_person(name):
    assert same_person("wang", name)
    assert not same_person("wang", name + "2")


def test_whoever_merged_by_the_name_in_the_environment_does_not_sign(as_user, at):
    folder = at("imported")
    assert as_user("wang", folder, "merge").code == 3
    assert as_user("wang", folder, "proof -n 1").code == 0

    for user in ("wang", "WANG"):
        refused = as_user(user, folder, "approve")
        assert (refused.code, "whoever merged" in refused.err) == (5, True)
    assert as_user("li", folder, "approve").code == 0


def test_proofs_that_were_changed_are_not_signed(as_user, at):
    folder = at("merged")
    as_user("", folder, "proof -n 1")
    with (made(folder) / "proof" / f"proof-{MAILING}.pdf").open("ab") as stream:
        stream.write(b"x")

    assert as_user("li", folder, "approve").code == 5


def test_only_an_approver_signs_also_by_name(as_user, at):
    folder = at("merged")
    as_user("", folder, "proof -n 1")
    add(folder, PEOPLE)

    assert as_user("li", folder, "approve --by zhao").code == 77
    assert as_user("wang", folder, "approve --by li").code == 77
    assert as_user("li", folder, "approve").code == 0
