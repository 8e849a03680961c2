from __future__ import annotations

import json
from contextlib import closing

from e2e_chain import outside
from sqlcipher3 import dbapi2

from yibao_cli.store.anchor import FILE_NAME


def test_the_trail_of_a_mailing_is_listed_verified_and_its_head_kept(at, call):
    workspace = at("posted")

    listed = call("-w", workspace, "audit", "list", "-f", "jsonl")
    events = [json.loads(line) for line in listed.out.splitlines()]
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    commands = [e["command"] for e in events]
    assert commands[commands.index("merge") :][:4] == ["merge", "render", "verify", "manifest"]
    assert call("-w", workspace, "audit", "verify").code == 0

    kept = call("-w", workspace, "audit", "head").out.strip()
    assert call("-w", workspace, "audit", "verify", "--head", kept).code == 0
    assert call("-w", workspace, "audit", "verify", "--head", f"{len(events)}:{'0' * 64}").code == 4
    assert call("-w", workspace, "audit", "verify", "--head", "yesterday").code == 2


def test_a_mailing_that_is_not_there_has_no_trail_to_list(at, call):
    workspace = at("posted")

    unknown = call("-w", workspace, "audit", "list", "-m", "2031Q1")
    assert (unknown.code, unknown.out) == (66, "")
    assert "there is no mailing 2031Q1; use one of: 2026Q3" in unknown.err
    assert call("-w", workspace, "audit", "list", "-m", "../x").code == 2
    settings = workspace / "yibao.toml"
    words = settings.read_text(encoding="utf-8").replace("2026Q3", "2026Q4")
    settings.write_text(words, encoding="utf-8")
    listed = call("-w", workspace, "audit", "list", "-m", "2026Q3", "-f", "jsonl")
    assert (listed.code, listed.out.count('"merge"')) == (0, 1)  # the trail knows what the settings forgot
    assert call("-w", workspace, "audit", "list", "-m", "2026Q4").code == 0  # and nothing happened there yet


def test_a_cut_tail_stays_found_when_work_goes_on(at, call):
    workspace = at("posted")
    call("-w", workspace, "status")
    with closing(dbapi2.connect(str(workspace / "yibao.db"), isolation_level=None)) as database:
        database.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")

    assert call("-w", workspace, "audit", "verify").code == 4
    assert call("-w", workspace, "reconcile").code in {0, 4}
    assert call("-w", workspace, "audit", "verify").code == 4


def test_a_missing_or_foreign_head_is_told(at, call):
    workspace = at("posted")
    call("-w", workspace, "status")
    (workspace / FILE_NAME).write_text("not ours")
    assert call("-w", workspace, "audit", "verify").code == 4

    (workspace / FILE_NAME).unlink()
    result = outside("-w", workspace, "audit", "verify")
    assert result.code == 4
    assert FILE_NAME in result.err
