"""Work handed to a cluster: a real scheduler with two workers, each a process of its own."""

from __future__ import annotations

import re
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_works import dask_cluster, die_on_three, die_once, double, refuse, stumble
from yibao_cli.errors import CheckFailed, DependencyError, InternalError
from yibao_cli.jobs.workers import cluster, foreman
from yibao_cli.jobs.workers.cluster import Crew, run_crew
from yibao_cli.jobs.workers.clusterwork import differing
from yibao_cli.jobs.workers.pool import Desk


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("dask")) as found:
        yield Crew(address=found.address)


@pytest.fixture(params=["pool", "cluster"])
def crew(request):
    """Both kinds of workers, which must do alike."""
    return Crew(workers=2) if request.param == "pool" else request.getfixturevalue("dask")


def test_each_task_is_done_once(crew):
    done = sorted(run_crew(double, range(20), crew))

    assert done == [(n, 2 * n) for n in range(20)]


def test_receipts_come_in_order_where_order_counts(crew):
    assert list(run_crew(double, iter(range(20)), crew, ordered=True)) == [(n, 2 * n) for n in range(20)]


def test_a_worker_that_is_killed_costs_one_try_and_no_task(crew, tmp_path):
    tasks = [(n, str(tmp_path / "trace")) for n in range(12)]

    done = sorted(run_crew(die_once, tasks, crew))

    assert (tmp_path / "trace").exists()
    assert done == [(task, 2 * task[0]) for task in tasks]


def test_a_task_that_kills_three_workers_is_told_by_its_name(crew):
    with pytest.raises(InternalError, match=r"^3 killed its worker 3 times"):
        list(run_crew(die_on_three, [3, 3], crew))


def test_a_refusal_comes_back_whole(crew):
    with pytest.raises(CheckFailed) as refused:
        list(run_crew(refuse, [1, 2], crew))

    assert (refused.value.message, refused.value.where, refused.value.remedy) == (
        "not like this",
        "here",
        "otherwise",
    )


def test_a_bug_in_a_worker_is_named_and_quotes_nothing(crew):
    with pytest.raises(InternalError, match="ValueError in a worker") as bug:
        list(run_crew(stumble, [1, 2], crew))

    assert "secret" not in str(bug.value)


def test_a_worker_of_another_version_is_refused_with_both_versions(dask, monkeypatch):
    monkeypatch.setattr(foreman, "release", lambda: {"yibao": "9.9"})
    monkeypatch.setattr(cluster, "_require_same_scheduler", lambda _client: None)

    with pytest.raises(DependencyError, match=r"worker tcp://.*yibao [\d.]+/9\.9"):
        list(run_crew(double, [1], dask))


def test_a_scheduler_of_another_version_is_refused_with_both_versions(dask, monkeypatch):
    monkeypatch.setattr(cluster, "release", lambda: {"reportlab": "0.1"})

    with pytest.raises(DependencyError, match=r"the scheduler.*reportlab [\d.]+/0\.1"):
        list(run_crew(double, [1], dask))


def test_nobody_at_the_address_is_told_soon(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER", 0.5)

    with pytest.raises(DependencyError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        list(run_crew(double, [1], Crew(address="tcp://127.0.0.1:9")))


def test_a_cluster_without_workers_and_one_that_ends_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(foreman, "_NOBODY", 0.5)
    with dask_cluster(tmp_path, workers=0) as found, pytest.raises(DependencyError, match="no worker"):
        list(run_crew(double, [1], Crew(address=found.address)))


def test_a_scheduler_that_dies_half_way_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(foreman, "ANSWER", 3)
    with dask_cluster(tmp_path, workers=1) as found:
        done = run_crew(double, count(), Crew(address=found.address))
        next(done)
        found.processes[0].kill()

        with pytest.raises(DependencyError, match="does not answer any more"):
            list(done)


def test_versions_that_differ_are_named_and_equal_ones_are_not():
    assert differing({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == "b 2/3, c -/4"
    assert differing({"a": "1"}, {"a": "1"}) == ""


@given(st.permutations(range(9)), st.integers(1, 4))
def test_a_desk_keeps_the_order_and_never_hands_out_far_ahead(turns, ahead):
    desk = Desk(range(9), ahead)
    held, handed = {}, []
    while len(handed) < 9:
        while len(held) < 3 and (job := desk.take()):
            held[job.index] = job
        assert max(held) <= len(handed) + ahead + 3
        desk.done(held.pop(min(held, key=turns.index)), "receipt")
        handed += [task for task, _receipt in desk.ready()]

    assert handed == list(range(9))


def test_a_desk_gives_a_task_three_times_and_then_names_it():
    desk = Desk(["part 7"])
    for _try in range(2):
        desk.died(desk.take())

    with pytest.raises(InternalError, match=re.escape("part 7 killed its worker 3 times")):
        desk.died(desk.take())
