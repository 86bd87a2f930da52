"""Do the facts and the tests notice? Each part of the model is taken away, and each calibrated constant moved, in turn.

``make evidence`` runs this. For every change it says which facts turn over or move (their 95 % intervals no longer
overlap), and which tests fail; what nobody notices comes last: it should be removed, or get a fact that would.
Golden results are left out, since they notice everything and understand nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim import builtin, evidence
from sim.facts import FACTS, Outcome, outcomes
from sim.facts.intervals import Interval

ROOT = Path(__file__).parents[1]
TESTS = (
    "tests/validation",
    "tests/unit/test_actors.py",
    "tests/unit/test_events.py",
    "tests/unit/test_funder.py",
    "tests/unit/test_levers.py",
    "tests/unit/test_metrics.py",
    "tests/unit/test_prerequisites.py",
    "tests/unit/test_several_innovations.py",
    "tests/unit/test_surroundings.py",
    "tests/properties/test_invariants.py",
)
LEFT_OUT = "tests/validation/test_facts.py"


@dataclass(frozen=True)
class Change:
    """Something taken away or moved."""

    name: str
    value: float | None = None
    """What a constant becomes; None where a part of the model is switched off."""

    def __str__(self) -> str:
        return f"without {self.name}" if self.value is None else f"{self.name} = {self.value:g}"

    @property
    def option(self) -> str:
        """As the tests' own option takes it."""
        return self.name if self.value is None else f"{self.name}={self.value:g}"


def changes() -> Iterator[Change]:
    """Every mechanism and actor off, but for leadership; every calibrated constant at the farther end of its range."""
    for part in [*builtin.innomotor_mechanisms(), *builtin.innomotor_actors()]:
        if part.name != "leadership":
            yield Change(part.name)
    for name, estimate in evidence.defaults().items():
        if estimate.used and estimate.source.startswith("calibrated"):
            down, up = estimate.value - estimate.low, estimate.high - estimate.value
            yield Change(name, estimate.low if down >= up else estimate.high)


@dataclass(frozen=True)
class Noticed:
    """Who noticed a change."""

    turned: Sequence[str]
    """Facts that pass where they failed, or fail where they passed, or cannot be judged any more."""
    moved: Sequence[str]
    """Facts with a number whose interval no longer overlaps what it was."""
    tests: Sequence[str] | None
    """Tests that failed; None where they were not run."""

    @property
    def nobody(self) -> bool:
        """Neither a fact nor a test."""
        return not (self.turned or self.moved or self.tests)


def noticed_by_facts(change: Change, before: Mapping[str, Outcome], worlds: float) -> tuple[list[str], list[str]]:
    """Facts that turned over, and facts that only moved."""
    off = [change.name] if change.value is None else []
    parameters = {} if change.value is None else {change.name: change.value}
    turned, moved = [], []
    for number, now in _each(parameters, off, worlds).items():
        if isinstance(now, str):
            turned.append(f"{number} ({now})")
        elif now.passed != before[number].passed:
            turned.append(number)
        elif any(_apart(a.interval, b.interval) for a, b in zip(now.checks, before[number].checks, strict=True)):
            moved.append(number)
    return turned, moved


def _each(parameters: Mapping[str, float], off: Sequence[str], worlds: float) -> dict[str, Outcome | str]:
    """Every fact's outcome, or what went wrong: a model without this part may not run at all, which is noticing."""
    try:
        return {one.claim.id: one for one in outcomes(parameters=parameters, off=off, worlds=worlds)}
    except Exception:
        return {number: _alone(number, parameters, off, worlds) for number in FACTS}


def _alone(number: str, parameters: Mapping[str, float], off: Sequence[str], worlds: float) -> Outcome | str:
    try:
        return outcomes([FACTS[number]], parameters=parameters, off=off, worlds=worlds)[0]
    except Exception as error:
        return type(error).__name__


def _apart(a: Interval, b: Interval) -> bool:
    """The intervals do not overlap; what is no number any more is apart from every number."""
    return not (a.low <= b.high and b.low <= a.high)


def noticed_by_tests(change: Change) -> list[str]:
    """Tests that fail when the change is made under all of them."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        *TESTS,
        f"--ignore={LEFT_OUT}",
        "--tb=no",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, f"--changed={change.option}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    return [line.split()[1].partition("::")[2] for line in lines if line.startswith(("FAILED", "ERROR"))]


def main() -> None:
    """Print who notices what."""
    asked = _options()
    chosen = [change for change in changes() if not asked.only or change.name in asked.only]
    began = time.monotonic()
    say(
        f"{len(chosen)} changes; {len(FACTS)} facts in {asked.worlds:g} of their worlds"
        + (", and tests" if asked.tests else "")
    )
    before = {outcome.claim.id: outcome for outcome in outcomes(worlds=asked.worlds)}
    silent = []
    for change in chosen:
        turned, moved = noticed_by_facts(change, before, asked.worlds)
        found = Noticed(turned, moved, noticed_by_tests(change) if asked.tests else None)
        say(f"{change}: facts turned over {_listed(found.turned)}; moved {_listed(found.moved)}" + _of_tests(found))
        silent += [str(change)] if found.nobody else []
    say(f"Nobody notices: {_listed(silent)}. {time.monotonic() - began:.0f} s.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make evidence", description="Do the facts and the tests notice?")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="mechanisms, actors or constants")
    parser.add_argument(
        "--worlds", type=float, default=1.0, help="share of the facts' worlds, such as 0.3 for a quick look"
    )
    parser.add_argument("--tests", action="store_true", help="also run the tests under every change (takes an hour)")
    return parser.parse_args()


def _of_tests(found: Noticed) -> str:
    if found.tests is None:
        return ""
    return f"; {len(found.tests)} tests fail: {_listed(found.tests[:6])}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
