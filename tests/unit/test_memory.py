"""What a run holds in memory grows neither with its replicates nor with its months."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from builders import same, source

from sim import experiment, monthly
from sim.errors import InnomotorError
from sim.metrics import Comparison


def compared(**changes: Any) -> Comparison:
    strategies = {"let": "let_it_happen", "help": "help_it_happen"}
    return experiment.compare(source(**{"strategies": strategies, **changes}), threads=2)


def test_tables_in_a_file_hold_what_tables_in_memory_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same results bit for bit and the same summary, with one innovation and with several."""
    for innovations in ({"x": {}}, {"x": {}, "y": {"arrives_month": 4}}):
        asked: dict[str, Any] = {"innovations": innovations, "replicates": 7, "months": 9}
        plain = compared(**asked)
        monkeypatch.setattr(monthly, "IN_MEMORY", 0)
        monkeypatch.setattr(monthly, "AT_ONCE", 20)
        spilled = compared(**asked)
        monkeypatch.undo()
        assert isinstance(spilled.strategies["let"].stages, np.memmap)
        assert not isinstance(plain.strategies["let"].stages, np.memmap)
        for name, result in plain.strategies.items():
            assert same(result, spilled.strategies[name])
            assert all(same(one, spilled.strategies[name].innovations[k]) for k, one in result.innovations.items())
        assert plain.summary() == spilled.summary()


def peak(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> int:
    """Most memory of a run and of its summary [bytes], tables in files."""
    monkeypatch.setattr(monthly, "IN_MEMORY", 0)
    monkeypatch.setattr(monthly, "AT_ONCE", 2**14)
    monkeypatch.setattr(experiment, "RECORD_BYTES", 2**18)
    question = source(clinics={"regions": {"Norrdal": 6}}, mechanisms={"off": []}, **changes)
    tracemalloc.start()
    experiment.compare(question, threads=1).summary()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_replicates_or_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as much of either adds less than a fifth of its tables, and the numbers that replicates end with."""
    peak(monkeypatch, replicates=20, months=6)  # what is loaded once
    little = peak(monkeypatch, replicates=200, months=12)
    longer = peak(monkeypatch, replicates=200, months=120)
    more = peak(monkeypatch, replicates=2000, months=12)
    tables = 4 * 18 * 200 * 13
    assert longer - little < 0.2 * 9 * tables
    ends = 8 * 40 * 1800 * 4
    assert more - little < 0.2 * 9 * tables + ends


def test_what_strategies_share_is_made_late_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one thread at most two blocks' settings are there at a time, however many blocks there are."""
    ready = experiment.prepare(source(replicates=40), threads=1, block_cells=80)
    alive, most = [], []
    make = experiment.Experiment.setting

    def counted(self: experiment.Experiment, replicates: np.ndarray) -> Any:
        setting = make(self, replicates)
        alive.append(_weak(setting))
        most.append(sum(one() is not None for one in alive))
        return setting

    monkeypatch.setattr(experiment.Experiment, "setting", counted)
    ready.run(list(ready.schedules.values()))
    assert len(most) == 10
    assert max(most) <= 2


def _weak(thing: Any) -> Any:
    import weakref  # noqa: PLC0415

    return weakref.ref(thing)


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary results that do not fit are refused before anything runs, with what to do."""

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(monthly.os, "posix_fallocate", full)
    with pytest.raises(InnomotorError, match=r"do not fit in .* Set TMPDIR to a larger disk"):
        monthly.table(2, 3, 4, spilled=True)


@pytest.mark.parametrize("at_once", [1, 7, 10**9])
def test_monthly_numbers_are_those_of_the_whole_table(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Quantiles and means month by month are numpy's over the whole, however many months are read at a time."""
    monkeypatch.setattr(monthly, "AT_ONCE", at_once)
    table = monthly.table(3, 11, 17, spilled=True)
    table[:] = np.random.default_rng(1).random((3, 11, 17))
    shares = (0.05, 0.5, 0.95)
    expected = np.quantile(table[1], shares, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(monthly.quantiles(table[1], shares), expected)
    np.testing.assert_allclose(monthly.means(table), table.mean(axis=1, dtype=np.float64), rtol=1e-12)
