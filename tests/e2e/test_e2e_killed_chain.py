"""kill -9 of the whole process group, more than fifty times in one chain: the end is that of an undisturbed run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from e2e_chain import environment

pytestmark = pytest.mark.slow  # more than fifty kills take a minute

HARNESS = Path(__file__).with_name("kill_harness.py")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and kills process groups")
def test_a_chain_killed_at_every_command_ends_as_one_that_was_not(tmp_path):
    done = subprocess.run(
        [sys.executable, str(HARNESS), "--chain", "3", "--seed", "7"],
        env=environment(TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    account = json.loads(done.stdout)
    assert account["bad"] == []
    assert account["kills"] >= 50
    assert len(account["killed"]) >= 20  # commands
    assert account["left in the temporary folder"] == {}
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
