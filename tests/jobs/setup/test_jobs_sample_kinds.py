"""The sample of a kind that extends another: the other's files, and a mailing of the kind itself."""

from __future__ import annotations

import tomllib

import pytest

from yibao_cli.jobs.setup.sampling import sampled
from yibao_cli.jobs.setup.starting import init_workspace


@pytest.mark.parametrize("kind", ["medical-dl", "medical-c5", "medical-card"])
def test_a_kind_on_other_paper_takes_the_sample_of_what_it_extends(kind, tmp_path):
    init_workspace(tmp_path / "w", kind, sample=True)

    settings = tomllib.loads((tmp_path / "w/yibao.toml").read_text(encoding="utf-8"))
    assert {m["kind"] for m in settings["mailings"].values()} == {kind}
    assert (tmp_path / "w/inbox/roster.xlsx").is_file()


def test_a_kind_with_a_sample_of_its_own_keeps_it():
    assert sampled("medical-annual") == "medical-annual"
    assert sampled("nothing") == "nothing"
