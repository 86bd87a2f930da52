"""`make bench`: measure everything, print tables, write bench/latest.json.

``python -m bench --quick`` runs small sizes in under a minute and writes nothing. Figures are processor time,
contestants take turns, medians stand with their lowest and highest value.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import contests, ours, parts
from bench.contests import QUICK, Growth, Sizes
from bench.measure import Sample

LATEST = Path(__file__).parent / "latest.json"
GOALS = {
    "minimal_vs_mesa_ensemble": (">=", 300.0),
    "minimal_vs_ndlib_ensemble": (">=", 300.0),
    "minimal_vs_mesa_10k": (">=", 300.0),
    "no_numba_vs_mesa_ensemble": (">=", 100.0),
    "full_vs_fused": ("<=", 60.0),
    "growth_exponent_R": ("<=", 1.1),
    "growth_exponent_N": ("<=", 1.1),
    "growth_exponent_T": ("<=", 1.1),
    "peak_mb_1m_clinics": ("<=", 2000.0),
}
"""What architecture.md wants; linear growth is given a tenth for noise."""

console = Console(width=None if Console().is_terminal else 120)


def main() -> None:
    """Run the contests one after the other, telling each as soon as it is known."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks of innomotor.")
    arguments.add_argument("--quick", action="store_true", help="small sizes, in under a minute; nothing is written")
    quick = arguments.parse_args().quick
    begun = time.perf_counter()
    found = measured(QUICK if quick else Sizes())
    tell_goals(found)
    console.print(f"\nIn {time.perf_counter() - begun:.0f} s on {found['machine']['cores']} cores.")
    if quick:
        console.print("Quick sizes: the ratios are only a rough guide, and nothing was written.")
    else:
        LATEST.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"Written to {LATEST.relative_to(Path.cwd()) if LATEST.is_relative_to(Path.cwd()) else LATEST}.")


def measured(sizes: Sizes) -> dict[str, Any]:
    """Everything that latest.json holds."""
    contests.warm_up()
    together = contests.ensemble(sizes)
    tell_contest(f"Ensemble of {sizes.replicates:,} x {sizes.clinics:,} x {sizes.months}", together)
    alone = {clinics: contests.one_network(clinics, sizes) for clinics in (sizes.clinics, sizes.many)}
    for clinics, samples in alone.items():
        tell_contest(f"One network of {clinics:,} clinics, {sizes.months} months", samples)
    tell_contest("The full model by strategy", contests.strategies(sizes), against=None)
    tell_mechanisms(contests.mechanisms(sizes))
    growths = contests.growths(sizes)
    tell_growths(growths)
    tell_threads(contests.threads(sizes))
    million = contests.million(sizes)
    tell_million(sizes.million, million)
    tell_profile(parts.profile(ours.full(sizes.clinics, sizes.full_replicates // 2, sizes.months), "every_lever"))
    exponents = {growth.what[0]: round(growth.exponent, 3) for growth in growths[:3]}
    return {
        **ratios(together, alone[sizes.many]),
        **{f"growth_exponent_{letter}": exponent for letter, exponent in exponents.items()},
        "peak_mb_1m_clinics": round(million["peak_mb"], 1),
        "machine": machine(),
        "nanoseconds_per_clinic_month": {name: _rounded(sample) for name, sample in together.items()},
    }


def ratios(together: Mapping[str, Sample], many: Mapping[str, Sample]) -> dict[str, float | None]:
    """The headline ratios, of medians; None where a contestant is not installed."""
    ours_, bare = together["minimal"], together[contests.BARE]
    return {
        "minimal_vs_mesa_ensemble": _ratio(together.get("Mesa"), ours_),
        "minimal_vs_ndlib_ensemble": _ratio(together.get("NDlib"), ours_),
        "minimal_vs_mesa_10k": _ratio(many.get("Mesa"), many["minimal"]),
        "no_numba_vs_mesa_ensemble": _ratio(together.get("Mesa"), bare),
        "full_vs_fused": _ratio(together["full"], together.get("fused loop")),
    }


def _ratio(above: Sample | None, below: Sample | None) -> float | None:
    return None if above is None or below is None else round(above.median / below.median, 2)


def _rounded(sample: Sample) -> dict[str, float]:
    return {name: round(getattr(sample, name), 3) for name in ("median", "low", "high")}


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("numpy", "numba", "mesa", "ndlib")},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


# --- tables -------------------------------------------------------------------------------------------------------


def _table(title: str, *columns: str) -> Table:
    console.print(f"\n[bold]{title}[/]")
    table = Table()
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _spread(sample: Sample) -> str:
    return f"{_number(sample.low)} – {_number(sample.high)}"


def tell_contest(title: str, samples: Mapping[str, Sample], against: str | None = "minimal") -> None:
    """Nanoseconds per clinic-month, and how many times the time of the minimal model."""
    table = _table(title, "model", "ns per clinic-month", "lowest – highest", "times minimal", "lowest – highest")
    for name, sample in sorted(samples.items(), key=lambda item: item[1].median):
        cells = [name, _number(sample.median), _spread(sample)]
        if against is not None:
            ratio = sample.over(samples[against])
            cells += [_number(sample.median / samples[against].median), _spread(ratio)]
        table.add_row(*cells)
    if against is None:
        table.columns = table.columns[:3]
    console.print(table)
    missing = [name for name, there in (("NDlib", contests.HAS_NDLIB), ("numba", contests.HAS_NUMBA)) if not there]
    if missing and against is not None:
        console.print(f"[bold red]Left out, not installed: {', '.join(missing)}. Write pip install '.[bench]'.[/]")


def tell_mechanisms(samples: Mapping[str, Sample]) -> None:
    """What each mechanism costs, dearest first."""
    whole = sum(sample.median for sample in samples.values())
    table = _table("The full model, part by part", "part", "ns per clinic-month", "lowest – highest", "share")
    for name, sample in samples.items():
        table.add_row(name, _number(sample.median), _spread(sample), f"{sample.median / whole:.1%}")
    table.add_row("all", _number(whole), "", "100.0%", style="bold")
    console.print(table)


def tell_growths(growths: list[Growth]) -> None:
    """Seconds over each size, and the exponent."""
    table = _table("Growth of the full model", "over", "sizes", "seconds", "exponent")
    for growth in growths:
        seconds = " · ".join(f"{sample.median:.2f}" for sample in growth.seconds)
        table.add_row(growth.what, " · ".join(map(str, growth.sizes)), seconds, f"{growth.exponent:.2f}")
    console.print(table)


def tell_threads(found: Mapping[int, tuple[Sample, Sample]]) -> None:
    """Time on the clock and processor time by number of threads."""
    table = _table(
        "Threads, full model", "threads", "seconds on the clock", "lowest – highest", "CPU s", "times faster"
    )
    first = next(iter(found.values()))[0].median
    for count, (clock, processor) in found.items():
        faster = f"{first / clock.median:.2f}"
        table.add_row(str(count), _number(clock.median), _spread(clock), _number(processor.median), faster)
    console.print(table)


def tell_million(clinics: int, found: Mapping[str, float]) -> None:
    """Memory and time of very many clinics."""
    table = _table(f"{clinics:,} clinics, full model, one replicate", "what", "value")
    table.add_row("peak memory [MB]", _number(found["peak_mb"]))
    table.add_row("of which to make ready [MB]", _number(found["peak_mb_prepared"]))
    table.add_row("to make ready [CPU s]", _number(found["prepare_cpu"]))
    table.add_row("to run [CPU s]", _number(found["run_cpu"]))
    console.print(table)


def tell_profile(lines: list[parts.Line]) -> None:
    """The functions with the most time of their own."""
    table = _table("Profile of the full model", "function", "calls", "own s", "with callees s")
    for line in lines:
        table.add_row(line.where, f"{line.calls:,}", f"{line.own:.3f}", f"{line.within:.3f}")
    console.print(table)


def tell_goals(found: Mapping[str, Any]) -> None:
    """The keys of latest.json against the goals of architecture.md."""
    table = _table("Goals", "key", "measured", "goal", "met")
    for name, (sign, goal) in GOALS.items():
        value = found[name]
        met = value is not None and (value >= goal if sign == ">=" else value <= goal)
        shown = "not measured" if value is None else f"{value:,.2f}"
        table.add_row(name, shown, f"{sign} {goal:,.4g}", "[green]yes[/]" if met else "[red]no[/]")
    console.print(table)


if __name__ == "__main__":
    main()
