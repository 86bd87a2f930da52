"""``innomotor results``: what has been computed, as lists, tables, files and pictures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

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
