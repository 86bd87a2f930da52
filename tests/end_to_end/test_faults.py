"""The short form of `make torture`: a sweep is killed, its cluster loses a worker, and it ends the same."""

from __future__ import annotations

from torture import cluster, kills


def test_killed_again_and_again_it_ends_the_same(tmp_path):
    """Five random kills of driver, workers and group leave the dataset of a sweep that was let alone."""
    tally = kills.random_kills(tmp_path, kills=5, variants=6, seed=3)
    assert (tally.lost, tally.orphans, tally.wrong_codes, tally.same) == (0, 0, [], True), tally
    assert sum(tally.kills.values()) == 5


def test_a_dask_worker_that_is_killed_loses_nothing(tmp_path):
    """A real scheduler, two workers, mutual TLS, loopback only; one worker is killed in the middle."""
    assert cluster.worker_killed(tmp_path, variants=4).startswith("the same dataset")
