"""``innomotor compare``: one scenario under several regions' ways of working, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, hooks_are_traced, print_json, texts_in

if TYPE_CHECKING:
    from sim.scenario_file import ScenarioFile


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "compare", epilog="Example: innomotor compare self_monitoring --regions vasterbotten,ostergotland --lang sv"
    )(compare)


def compare(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="YAML file, or the name of a shipped scenario.")],
    *,
    regions: Annotated[str, typer.Option(metavar="A,B", help="Plugins of regions, each with its own way of working.")],
    strategy: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The scenario's strategy to set beside theirs. [default: its first]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the result. [default: results/SCENARIO-regions]")
    ] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="How many possible worlds.")] = None,
    months: Annotated[int | None, typer.Option(min=1, help="How many months to look ahead.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="How many threads; the result is the same.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Compute it even if the same question has been answered before.")
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """What would happen here with their way of working: the same clinics and worlds under several regions' plugins."""
    from sim import answers, store  # noqa: PLC0415 slow to load, and --help does not need them
    from studio.cli import terminal  # noqa: PLC0415
    from studio.cli.run import plain, write  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts, file = texts_in(lang), found(scenario)
    chosen = {"replicates": replicates, "months": months}
    source = side_by_side(file, _names(regions), strategy, {k: v for k, v in chosen.items() if v is not None})
    place = out if out is not None else Path("results") / f"{file.stem}-regions"
    with store.claim(place) as target:
        with terminal.progress(texts, shown=not quiet) as tell:
            answer = answers.answer(source, fresh=fresh or hooks_are_traced(), threads=threads, progress=tell)
        write(target, answer.comparison, texts)
    if as_json:
        print_json(plain(answer.comparison, place, texts))
    elif not quiet:
        terminal.show(answer.comparison, place, texts)


def side_by_side(file: Path, regions: list[str], strategy: str | None, options: dict[str, Any]) -> ScenarioFile:
    """The scenario with one strategy of its own, and each region's beside it: its plugin alone, all others off.

    Args:
        file: the scenario.
        regions: plugins, in this order.
        strategy: which of its strategies stands for itself; by default the first.
        options: as in ``scenario_file.read``.

    Raises:
        UserMistakes: an unknown plugin or strategy, or whatever is wrong in the scenario.
    """
    from sim import scenario_file  # noqa: PLC0415
    from sim.plugin_host import discovery  # noqa: PLC0415

    for name in regions:
        discovery.named(name, place="--regions")
    base = scenario_file.read(file, options)
    own = strategy or next(iter(base.scenario.strategies))
    if own not in base.scenario.strategies:
        known = ", ".join(base.scenario.strategies)
        raise UserMistakes(Mistake("--strategy", f"there is no strategy {own!r}", f"Write one of {known}."))
    said = scenario_file.said(file)
    named = list(dict.fromkeys([*(said.get("plugins") or {}), *regions]))
    changes = {
        "plugins": {name: {} for name in regions if name not in (said.get("plugins") or {})},
        "strategies": {
            **dict.fromkeys(said["strategies"]),
            own: _alone(said["strategies"][own], own, (), regions, named),
            **{name: _alone(_way_of(name), None, (name,), regions, named) for name in regions},
        },
        "mechanisms": {"order": list(dict.fromkeys([*regions, *named]))},
    }
    return scenario_file.read(file, options, changes=changes)


def _way_of(region: str) -> dict[str, Any]:
    """The strategy that a region's plugin brings first, or letting it happen where it brings none."""
    from sim.plugin_host import Host  # noqa: PLC0415
    from sim.plugin_host.portrait import strategies  # noqa: PLC0415

    host = Host([region])
    brought = strategies(host, region, host.settings_type(region)())
    first = next(iter(brought), None)
    return {"use": f"{region}.{first}" if first else "let_it_happen", "title": _called(region)}


def _called(region: str) -> dict[str, str]:
    """What a region is called: what stands before the colon where the plugin says what it is about."""
    from sim.plugin_host import discovery  # noqa: PLC0415

    english = discovery.named(region).about
    about = {"en": english, "sv": discovery.words("sv").get("about", {}).get(region, english)}
    return {language: said.partition(":")[0][:120] or region for language, said in about.items()}


def _alone(said: Any, own: str | None, kept: tuple[str, ...], regions: list[str], named: list[str]) -> dict[str, Any]:
    """A strategy in which of the regions' plugins only its own runs; what the scenario itself names stays its own."""
    strategy: dict[str, Any] = {"use": said} if isinstance(said, str) else dict(said)
    plugins = dict(strategy.get("plugins") or {})
    off = [name for name in (regions if own is not None else named) if name not in kept and name not in plugins]
    return {**strategy, "plugins": {**plugins, **dict.fromkeys(off, "off")}}


def _names(option: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in option.split(",") if name.strip()))
    if not names:
        raise UserMistakes(
            Mistake("--regions", "no name is given", "Write names such as --regions uppsala,vasterbotten.")
        )
    return names
