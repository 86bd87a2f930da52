"""``innomotor results``: what has been computed, as lists, tables, files and pictures."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in

_FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a run or a sweep.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    results = typer.Typer(
        no_args_is_help=True,
        help="What has been computed: list, show, query, export, plot, verify, compact, merge.",
        epilog="Example: innomotor results query results/sweep_smallest 'SELECT * FROM variants'",
    )
    app.add_typer(results, name="results")
    results.command("list", epilog="Example: innomotor results list results")(list_results)
    results.command("show", epilog="Example: innomotor results show results/sweep_smallest")(show)
    results.command(
        "query",
        epilog='Example: innomotor results query DIR "SELECT strategy, median(sustained) FROM outcomes GROUP BY ALL"',
    )(query)
    results.command("export", epilog="Example: innomotor results export DIR outcomes.csv")(export)
    results.command("plot", epilog="Example: innomotor results plot DIR --metric sustained --lang sv")(plot)
    results.command("verify", epilog="Example: innomotor results verify DIR")(verify)
    results.command("compact", epilog="Example: innomotor results compact DIR")(compact)
    results.command("merge", epilog="Example: innomotor results merge results/sweep_smallest")(merge)


def list_results(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to look.")] = Path("results"),
    *,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the results in a folder and those below it."""
    from sim.sweep import overview  # noqa: PLC0415 slow to load, and --help does not need it
    from studio.cli import sweep_terminal as terminal  # noqa: PLC0415

    found = overview.below(folder)
    if as_json:
        print_json({"results": [one.plain() for one in found]})
    else:
        terminal.results(found, folder, texts_in(lang))


def show(folder: _FolderArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Show a sweep: what varies, how far it has come, what was given up, which strategy is best where."""
    from sim.sweep import overview  # noqa: PLC0415
    from studio.cli import sweep_terminal as terminal  # noqa: PLC0415

    found = overview.of(folder)
    if as_json:
        print_json(found.plain())
    else:
        terminal.result(found, texts_in(lang))


def query(
    folder: _FolderArgument,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="Over the tables variants, outcomes and curves.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask the results by SQL (DuckDB): tables variants, outcomes, curves; they can only be read."""
    from sim.store import reading  # noqa: PLC0415
    from studio.cli import sweep_terminal as terminal  # noqa: PLC0415

    found = reading.query(folder, sql)
    if as_json:
        print_json({"columns": list(found.columns), "rows": [[_jsonable(cell) for cell in row] for row in found.rows]})
    else:
        terminal.rows(found)


def export(
    folder: _FolderArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Ends with .csv, .xlsx, .nc or .zarr.")],
    *,
    table: Annotated[str, typer.Option(help="outcomes, curves or variants.")] = "outcomes",
    lang: LangOption = None,
) -> None:
    """Write a table, with the values of its variants beside, for other programs."""
    from sim.sweep import export as exporting  # noqa: PLC0415

    texts = texts_in(lang)
    count = exporting.export(folder, table, file)
    typer.echo(texts("sweep.exported", rows=texts.numbers.number(count), path=file))


def plot(
    folder: _FolderArgument,
    *,
    metric: Annotated[str, typer.Option(help="A final outcome, such as sustained or cost_sek.")] = "sustained",
    x: Annotated[str | None, typer.Option(help="Factor across the heat map; by default the first.")] = None,
    y: Annotated[str | None, typer.Option(help="Factor up the heat map; by default the second.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to. [default: DIR-figures]")] = None,
    lang: LangOption = None,
) -> None:
    """Draw a sweep: the best strategy over two factors, a fan for each factor, parallel coordinates."""
    from sim.figures import files  # noqa: PLC0415
    from studio.reports import sweep_pictures  # noqa: PLC0415

    texts = texts_in(lang)
    made = sweep_pictures.pictures(folder, metric, texts, across=x, up=y)
    place = out if out is not None else folder.with_name(f"{folder.resolve().name}-figures")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, figure in made.items():
            files.save(figure, place, f"{name}-{metric}")
    except OSError as error:
        found = f"{place} cannot be written ({error.strerror})"
        raise UserMistakes(Mistake("--out", found, "Choose another folder")) from error
    typer.echo(texts("sweep.drawn", pictures=", ".join(sorted(made)), path=place))


def verify(folder: _FolderArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Compare every file with what was acknowledged; what is damaged is computed anew by the next sweep."""
    from sim.sweep import upkeep  # noqa: PLC0415

    texts, found = texts_in(lang), upkeep.verify(folder)
    if as_json:
        print_json(asdict(found))
    else:
        for one in found.damaged:
            typer.echo(texts(f"sweep.file_{one.what}", path=one.path, tasks=one.tasks))
        key = "sweep.sound" if not found.damaged else "sweep.forgotten" if found.forgotten else "sweep.read_only"
        typer.echo(texts(key, files=texts.numbers.number(found.files), damaged=len(found.damaged)))
    if found.damaged:
        raise typer.Exit(1)


def compact(folder: _FolderArgument, *, lang: LangOption = None) -> None:
    """Put many small files into few large ones; every row is compared before it is trusted."""
    from sim.sweep import upkeep  # noqa: PLC0415

    texts = texts_in(lang)
    before, after = upkeep.compact(folder)
    typer.echo(texts("sweep.compacted", before=texts.numbers.number(before), after=texts.numbers.number(after)))


def merge(folder: _FolderArgument, *, lang: LangOption = None) -> None:
    """Bring together what the shards of a sweep have computed."""
    from sim.sweep import driver  # noqa: PLC0415

    texts = texts_in(lang)
    done, total = driver.merge(folder)
    typer.echo(texts("sweep.merged", done=texts.numbers.number(done), total=texts.numbers.number(total)))


def _jsonable(cell: Any) -> Any:
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    return cell if isinstance(cell, (int, str, bool, type(None))) else str(cell)
