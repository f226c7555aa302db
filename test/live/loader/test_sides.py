"""Moves between brokers that are reached in other ways: certificates, sentinels, greenlets, and a Redis that was set up by
hand."""
import collections

import pytest
from harness import python, until
from moves import PREFIX, ByHand, GuardedMove, Move, SealedMove


def runs_all(move, *arguments):
    """What was sent to each side before, while and after the pods move, counted."""
    ids, names = move.send("mixed('one')", "old")
    move.moved(*arguments)
    move.draining(*arguments)
    more, others = move.send("mixed('two')", "new", moving="new")

    results = move.results([*ids, *more], 60)

    assert [value for value in results if value is None] == []
    until(lambda: move.noted("ends") == collections.Counter([*names, *others]), 30)
    move.drained()
    assert move.denials() == []


@pytest.mark.parametrize("way", [SealedMove, GuardedMove], ids=["certificates", "sentinels"])
def test_a_tenant_moves_from_plain_text_to_a_redis_with(way, tmp_path, stopping):
    runs_all(way(tmp_path, stopping))


@pytest.mark.parametrize("way", [Move, SealedMove], ids=["plain", "certificates"])
def test_a_tenant_moves_with_workers_of_greenlets(way, tmp_path, stopping):
    pytest.importorskip("gevent")
    runs_all(way(tmp_path, stopping), "--pool=gevent")


def test_a_redis_without_a_password_with_results_elsewhere_and_steps_of_its_own_is_taken_over(tmp_path, stopping):
    move = ByHand(tmp_path, stopping)
    theirs = move.their_worker()
    send = "import json; from moving_app import *; print(json.dumps({}))"
    (early,) = python(move.theirs("web"), send.format("[work.delay('early').id]"))
    until(lambda: move.noted("ends") == {"early": 1})
    assert theirs.stop() == 0
    ids, names = python(move.theirs("web"), send.format("mixed('one')"))
    assert move.old.admin.llen("celery:5") == 1
    left = move.left()
    assert left["queues"]["celery"]["steps"]["5"] == 1
    assert (left["unknown"], left["results"]) == ({}, 1)

    assert "results: 1" in [line.partition(" and")[0] for line in move.program("carry")]
    move.moved()
    move.draining()

    assert [value for value in move.results([early, *ids], 60) if value is None] == []
    until(lambda: move.noted("ends") == collections.Counter([*names, "early"]), 30)
    move.drained()
    assert move.new.admin.keys(f"{PREFIX}*:5") == []
    assert move.new.denials() == []
