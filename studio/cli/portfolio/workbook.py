"""``innomotor portfolio template`` and ``import``: the portfolio as an Excel workbook, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import Mistake, UserMistakes
from studio.cli.options import JsonOption, LangOption, print_json, texts_in

if TYPE_CHECKING:
    from portfolio.workbook.words import Words
    from studio.texts import Texts

_WORKBOOK = ".xlsx"


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("template", epilog="Example: innomotor portfolio template --out portfolio.xlsx --lang sv")(template)
    app.command("import", epilog="Example: innomotor portfolio import portfolio.xlsx --out portfolio.yaml")(import_)


def template(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The workbook.")] = Path("portfolio.xlsx"),
    filled_from: Annotated[
        str | None, typer.Option("--from", metavar="PORTFOLIO", help="Fill it in from this portfolio.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a workbook that is there.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a workbook to fill in, with explanations and drop-downs."""
    check_excel()
    from portfolio import file  # noqa: PLC0415 slow to load, and --help does not need it
    from portfolio.workbook import template as workbook  # noqa: PLC0415
    from studio.cli.shipped import found  # noqa: PLC0415

    texts = texts_in(lang)
    place = _place(out, _WORKBOOK, replace=replace)
    said = (
        _starting()
        if filled_from is None
        else file.read(found(filled_from)).model_dump(mode="json", exclude_defaults=True)
    )
    workbook.write(place, words(texts), said)
    _tell(place, texts("workbook.written", path=place), as_json=as_json)


def import_(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="Excel workbook, made by 'portfolio template'.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The portfolio. [default: beside the workbook, as .yaml]")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a portfolio that is there.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a workbook into a portfolio; every mistake is told by sheet and cell."""
    check_excel()
    from portfolio.workbook import importing  # noqa: PLC0415 slow to load, and --help does not need it
    from studio import texts as catalogue  # noqa: PLC0415

    place = _place(out or workbook.with_suffix(".yaml"), ".yaml", replace=replace)
    texts = texts_in(lang)
    importing.import_workbook(workbook, place, [words(catalogue.load(one)) for one in catalogue.LANGUAGES])
    _tell(place, texts("workbook.imported", path=place), as_json=as_json)


def words(texts: Texts) -> Words:
    """The workbook's words in a language."""
    from portfolio.workbook.words import Words  # noqa: PLC0415

    lists = {
        "gate": texts.family("portfolio.gate"),
        "precondition": texts.family("portfolio.precondition"),
        "subject": texts.family("portfolio.principle") | texts.family("portfolio.dimension"),
    }
    open_choices = {f"choice.{name}.{word}": text for name, some in lists.items() for word, text in some.items()}
    return Words({**texts.family("workbook"), **open_choices})


def _starting() -> dict[str, Any]:
    """What an empty workbook holds: the criteria of the three-step prioritisation (A:4082-4182, step 2), unweighed."""
    from studio import texts  # noqa: PLC0415

    named = {one: texts.load(one).family("portfolio.criterion") for one in texts.LANGUAGES}
    return {
        "criteria": {
            key: {"title": {one: named[one][key] for one in texts.LANGUAGES}, "scale": {"low": 1, "high": 5}}
            for key in named["sv"]
        }
    }


def check_excel() -> None:
    """Say how to get what reads and writes Excel, if it is not there."""
    from importlib.util import find_spec  # noqa: PLC0415

    missing = [name for name in ("openpyxl", "defusedxml") if find_spec(name) is None]
    if missing:
        found = f"{' and '.join(missing)} not installed, which read and write Excel"
        raise UserMistakes(Mistake("workbook", found, "Write: pip install 'innomotor[excel]'"))


def _place(file: Path, ending: str, *, replace: bool) -> Path:
    """Where the file goes.

    Raises:
        UserMistakes: it has another ending, or is there already and may not be replaced.
    """
    if file.suffix.lower() not in ({".yaml", ".yml"} if ending == ".yaml" else {ending}):
        raise UserMistakes(Mistake("--out", f"{file} does not end with {ending}", f"Write a name such as x{ending}"))
    if file.exists() and not replace:
        remedy = "Write --replace, or choose another name with --out"
        raise UserMistakes(Mistake("--out", f"{file} is there already", remedy))
    return file


def _tell(place: Path, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(place)})
    else:
        typer.echo(sentence)
