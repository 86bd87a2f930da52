"""The store that all commands share: what is put there comes back to the bit, or not at all."""

from __future__ import annotations

import threading
from contextlib import closing

import numpy as np
import pytest

from sim.store import shared
from sim.store.ledger import Ledger
from sim.store.shared import Kept

ARRAYS = {
    "float32": np.array([[0.1, np.inf], [np.nan, -0.0]], np.float32),
    "whole": np.arange(6, dtype=np.int16).reshape(1, 2, 3),
    "truth": np.array([True, False]),
    "names": np.array(["Åre", "b", ""]),
    "none": np.empty((0, 3)),
    "scalar": np.array(7.5),
}


def test_arrays_come_back_to_the_bit():
    """Any shape and type, infinity and what is not known, and what goes with them."""
    assert shared.keep("a" * 64, Kept(ARRAYS, {"solved": 3, "name": "ö"}))
    found = shared.find("a" * 64)
    assert found is not None
    assert found.about == {"solved": 3, "name": "ö"}
    assert list(found.arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert (found.arrays[name].dtype, found.arrays[name].shape) == (array.dtype, array.shape)
        assert found.arrays[name].tobytes() == array.tobytes()


def test_a_question_is_answered_once():
    """What is made is kept, and asked for again it is read."""
    made = []

    def make():
        made.append(1)
        return Kept({"sum": np.array([3])})

    for _ in range(2):
        assert shared.remembered("b" * 64, make).arrays["sum"].tolist() == [3]
    assert len(made) == 1


@pytest.mark.parametrize("other", [{"value": np.zeros(4)}, {"value": np.zeros(3, np.float32)}, {"name": "y"}])
def test_whatever_an_answer_rests_on_is_in_its_key(other):
    """Another value, type, shape, text, kind of question or code is another key; the same is the same."""
    same = {"value": np.zeros(3), "name": "x", "more": {"deep": [1, {"b": b"bytes"}]}}
    assert shared.key_of("kind", **same) == shared.key_of("kind", **dict(reversed(same.items())))
    assert shared.key_of("kind", **same) != shared.key_of("kind", **{**same, **other})
    assert shared.key_of("kind", **same) != shared.key_of("other", **same)
    assert shared.key_of("kind", **same) != shared.key_of("kind", code=(shared,), **same)


def test_changed_code_asks_another_question(tmp_path, monkeypatch):
    """The key holds the source of the code that makes the answer."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "maker_of_answers.py").write_text("ANSWER = 1\n")
    import maker_of_answers  # noqa: PLC0415 - written just now

    before = shared.key_of("kind", code=(maker_of_answers,))
    (tmp_path / "maker_of_answers.py").write_text("ANSWER = 2\n")
    shared._source.cache_clear()
    assert shared.key_of("kind", code=(maker_of_answers,)) != before


@pytest.mark.parametrize("harm", ["cut", "changed", "removed"])
def test_what_is_not_whole_is_not_there(harm):
    """A file that does not hold what was acknowledged is no answer, and makes room for a new one."""
    shared.keep("c" * 64, Kept(ARRAYS))
    file = next(shared.folder().rglob("*.npz"))
    content = file.read_bytes()
    if harm == "removed":
        file.unlink()
    else:
        file.write_bytes(content[:-9] if harm == "cut" else content[:40] + b"\0" + content[41:])
    assert shared.find("c" * 64) is None
    assert shared.keep("c" * 64, Kept(ARRAYS))
    assert shared.find("c" * 64) is not None


def test_nothing_is_kept_where_nothing_shall_be(monkeypatch):
    """An empty INNOMOTOR_STORE turns the store off."""
    monkeypatch.setenv("INNOMOTOR_STORE", "")
    assert not shared.keep("d" * 64, Kept(ARRAYS))
    assert shared.find("d" * 64) is None


def test_a_newer_store_is_left_alone(monkeypatch):
    """A store of a newer version is neither read nor written."""
    shared.keep("e" * 64, Kept(ARRAYS))
    with closing(Ledger(shared.folder(), write=True)) as ledger:
        ledger._connection.execute("UPDATE about SET value = '999' WHERE name = 'schema_version'")
        ledger._connection.commit()
    assert shared.find("e" * 64) is None
    assert not shared.keep("f" * 64, Kept(ARRAYS))


def test_the_store_keeps_its_size(monkeypatch):
    """The answers that were asked for longest ago go first; what is too large for it never comes in."""
    monkeypatch.setattr(shared, "MOST_BYTES", 40_000)
    draws = np.random.default_rng(1)
    for number in range(8):
        assert shared.keep(f"{number:064}", Kept({"noise": draws.random(1100)}))
    there = [number for number in range(8) if shared.find(f"{number:064}") is not None]
    assert there == [4, 5, 6, 7]
    monkeypatch.setattr(shared, "LARGEST", 8_000)
    assert not shared.keep("9" * 64, Kept({"noise": draws.random(1100)}))


def test_several_may_keep_at_once():
    """Threads and processes share one store."""

    def one(number: int) -> None:
        for i in range(5):
            shared.keep(f"{10 * number + i:064}", Kept({"at": np.array([number, i])}))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert [shared.find(f"{10 * number + i:064}").arrays["at"].tolist() for i in range(5)] == [
            [number, i] for i in range(5)
        ]
