"""Runs that no computer at hand can hold or finish."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Mistake
from sim.population import MOST_CLINICS
from sim.scenario_file.checks.subject import Check

MAX_BYTES = 16 * 2**30
"""Most memory that a run may need [bytes]: clinics x innovations x 200, and the results."""
MAX_CLINIC_MONTHS = 10**13
"""Most work that a run may ask for: clinics x months x replicates x innovations x strategies."""

_STATE_BYTES = 200
_RESULT_BYTES = 20 * 8


def needed_bytes(clinics: int, months: int, replicates: int, innovations: int, strategies: int) -> int:
    """Memory that a run needs at the least: the state of one replicate, and the results of all [bytes]."""
    return clinics * innovations * _STATE_BYTES + replicates * months * _RESULT_BYTES * strategies


def most_clinics(check: Check) -> Iterator[Mistake]:
    """More clinics than a run may have, whatever else is wrong."""
    sizes = check.sizes()
    clinics = sum(sizes.values()) if sizes is not None else 0
    if clinics > MOST_CLINICS:
        yield check.places.mistake(
            ("clinics", "regions"), f"{clinics:_} clinics", f"Write at most {MOST_CLINICS:_} in all"
        )


def run_size(check: Check) -> Iterator[Mistake]:
    """Runs that no computer at hand can hold or finish."""
    scenario, sizes = check.scenario, check.sizes()
    clinics = sum(sizes.values()) if sizes is not None else 1
    innovations, strategies = len(scenario.innovations), max(1, check.strategies)
    told = f"({clinics:_} clinics, {scenario.months} months, {scenario.replicates:_} replicates, "
    told += f"{innovations} innovations, {strategies} strategies)"
    if clinics > MOST_CLINICS:  # told already
        return
    memory = needed_bytes(clinics, scenario.months, scenario.replicates, innovations, strategies)
    if memory > MAX_BYTES:
        found = f"the run needs {memory / 2**30:.0f} GiB of memory, more than {MAX_BYTES // 2**30} {told}"
        yield check.places.mistake(("replicates",), found, "Lower replicates, months, strategies or clinics")
    work = clinics * scenario.months * scenario.replicates * innovations * strategies
    if work > MAX_CLINIC_MONTHS:
        found = f"the run asks for {work:.1e} clinic-months, more than {MAX_CLINIC_MONTHS:.0e} {told}"
        yield check.places.mistake(("replicates",), found, _fewer_replicates(work, scenario.replicates))


def _fewer_replicates(work: int, replicates: int) -> str:
    fitting = replicates * MAX_CLINIC_MONTHS // work
    first = f"Write at most {fitting:_} replicates, or lower" if fitting else "Lower replicates and"
    return f"{first} months, strategies or clinics"
