"""`innomotor run --json`: one object of the promised shape."""

import json
import subprocess
import sys

from sim.metrics import METRICS

PLACES = {"median", "p5", "p25", "p75", "p95"}
BAND = {"median", "p5", "p95"}


def test_json_has_the_promised_shape(tmp_path):
    """Every promised key is there with the promised quantiles, for all innovations together and for each apart."""
    command = [sys.executable, "-m", "studio.cli", "run", "smallest", "--replicates", "4", "--months", "12"]
    command += ["--json", "--seed", "3", "--strategies", "let,help,make", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert {"scenario", "key", "seed", "replicates", "months", "clinics"} <= set(told)
    assert (told["seed"], told["replicates"], told["months"], told["clinics"]) == (3, 4, 12, 40)
    assert len(told["key"]) == 64
    for part in (told, *told["innovations"].values()):
        assert list(part["strategies"]) == ["let", "help", "make"]
        assert list(part["differences"]) == ["let-help", "let-make", "help-make"]
        assert all(set(METRICS) <= set(metrics) for metrics in part["strategies"].values())
        assert all(set(q) == PLACES for metrics in part["strategies"].values() for q in metrics.values())
        assert all(
            set(q) == {*BAND, "probability_positive", "draws_positive", "open", "hangs_on"}
            for pair in part["differences"].values()
            for q in pair.values()
        )
        for curves in part["curves"].values():
            assert curves["month"] == list(range(13))
            for name in ("reach", "sustained", "nominal", "abandoned"):
                assert set(curves[name]) == BAND
                assert all(len(values) == 13 for values in curves[name].values())
