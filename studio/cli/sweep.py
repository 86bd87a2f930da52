"""``innomotor sweep``: many runs of one scenario, that survive and resume."""

from __future__ import annotations

import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in

if TYPE_CHECKING:
    from sim.executor import Executor
    from sim.sweep.driver import State
    from sim.sweep.estimate import Estimate
    from studio.texts import Texts


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep", epilog="Example: innomotor sweep sweep_smallest --out results/mine")(sweep)


def sweep(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="YAML file with base: and factors:, or a shipped one.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the results. [default: results/PLAN]")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many processes; by default as many as there are cores.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only this share of the work, as in 3/8; merge afterwards.")
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it will take, and leave.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Go on whatever it takes.")] = False,
    cluster: Annotated[
        str | None, typer.Option(metavar="WHERE", help="Dask: local, slurm, kubernetes, or an address such as tls://…")
    ] = None,
    tls_ca: Annotated[Path | None, typer.Option(metavar="PEM", help="Authority that both sides trust.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(metavar="PEM", help="Certificate to show.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="PEM", help="Its key.")] = None,
    task_memory: Annotated[int, typer.Option(min=256, metavar="MIB", help="Most memory of a worker.")] = 4096,
    task_seconds: Annotated[float, typer.Option(min=1, metavar="S", help="Most time of a task.")] = 3600.0,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Compute many variants of a scenario; stopped or killed, the same command goes on where it was."""
    from sim.executor import Limits  # noqa: PLC0415 slow to load, and --help does not need them
    from sim.sweep import driver, plan_file, tasks, work  # noqa: PLC0415
    from sim.sweep.estimate import estimate as estimated  # noqa: PLC0415
    from studio.cli import sweep_terminal as terminal  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts, share = texts_in(lang), shard_of(shard)
    file = found(plan)
    todo = tasks.sweep_of(plan_file.read(file))
    if os.environ.get("INNOMOTOR_SKIP_FAULTY"):
        work.tried(todo)  # every variant does without a faulty plugin, or none
    place = out if out is not None else Path("results") / file.stem
    count = workers or os.cpu_count() or 1
    takes = estimated(todo, place, count) if estimate or not yes else None
    if takes is not None and estimate:
        _tell_estimate(takes, texts, as_json=as_json)
        return
    if takes is not None:
        _tell_estimate(takes, texts, as_json=False) if not (quiet or as_json) else None
        _refuse_too_much(takes, texts)
    limits = Limits(seconds=task_seconds, memory_bytes=task_memory * 2**20)
    executor = executor_of(work.TARGET, count, cluster, (tls_ca, tls_cert, tls_key))
    with terminal.sweeping(texts, shown=not quiet) as tell:
        state = driver.carry_out(todo, place, executor, limits, shard=share, tell=tell)
    if as_json:
        print_json(_plain(state, place, len(todo.variants)))
    elif not quiet:
        _tell_end(state, place, texts)
    if state.given_up:
        raise typer.Exit(1)


def executor_of(target: str, workers: int, cluster: str | None, tls: tuple[Path | None, ...]) -> Executor:
    """What computes: processes on this machine, or a Dask cluster.

    Raises:
        UserMistakes: some of the three files for TLS, but not all, or no cluster that they are for.
    """
    given = [file for file in tls if file is not None]
    if given and (cluster is None or len(given) < len(tls)):
        found = "no cluster that they are for" if cluster is None else f"{len(given)} of three files"
        remedy = "Write --cluster tls://… with --tls-ca, --tls-cert and --tls-key"
        raise UserMistakes(Mistake("--tls", found, remedy))
    if cluster is None:
        from sim.executor.local import LocalProcesses  # noqa: PLC0415

        return LocalProcesses(target, workers)
    from sim.executor.distributed import Certificates, Dask  # noqa: PLC0415

    return Dask(target, cluster, workers, Certificates(*given) if given else None)


def shard_of(option: str | None) -> tuple[int, int]:
    """Which share of how many, counted from 0.

    Raises:
        UserMistakes: not two numbers such as 3/8.
    """
    if option is None:
        return 0, 1
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", option)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UserMistakes(Mistake("--shard", f"{option!r} is not a share", "Write one such as 1/8, up to 8/8"))
    return int(match[1]) - 1, int(match[2])


def _tell_estimate(takes: Estimate, texts: Texts, *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(takes), "too_much": takes.too_much})
        return
    numbers = texts.numbers
    typer.echo(
        texts(
            "sweep.takes",
            variants=numbers.number(takes.variants),
            tasks=numbers.number(takes.tasks),
            clinic_months=numbers.number(takes.clinic_months),
            cpu=texts.duration(takes.cpu_hours * 3600),
            clock=texts.duration(takes.hours * 3600),
            megabytes=numbers.number(max(1, round(takes.bytes / 1e6))),
        )
    )


def _refuse_too_much(takes: Estimate, texts: Texts) -> None:
    if takes.too_much:
        found = ", ".join(
            texts(f"sweep.too_much_{what}", free=texts.numbers.number(round(takes.free_bytes / 1e9)))
            for what in takes.too_much
        )
        raise UserMistakes(Mistake("PLAN", found, texts("sweep.write_yes")))


def _tell_end(state: State, place: Path, texts: Texts) -> None:
    number = texts.numbers.number
    typer.echo(
        texts(
            "sweep.done",
            done=number(state.before + state.done),
            total=number(state.total),
            before=number(state.before),
            time=texts.duration(state.seconds),
        )
    )
    for what, why, attempts in state.given_up:
        typer.echo(texts("sweep.given_up", what=what, why=why, attempts=attempts))
    typer.echo(texts("sweep.results_at", path=place))


def _plain(state: State, place: Path, variants: int) -> dict[str, Any]:
    return {
        "folder": str(place),
        "variants": variants,
        "tasks": state.total,
        "done_before": state.before,
        "done": state.done,
        "seconds": round(state.seconds, 3),
        "given_up": [{"what": what, "why": why, "attempts": attempts} for what, why, attempts in state.given_up],
    }
