"""``innomotor plugins``: which there are, what each does, whether it keeps its promises, a new one, and trust."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.options import JsonOption, LangOption, print_json, texts_in

if TYPE_CHECKING:
    from sim.plugin_host.discovery import Plugin
    from studio.texts import Texts

_NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of an installed plugin.")]
_PathOrName = Annotated[str, typer.Argument(metavar="PATH-or-NAME", help="A plugin's folder, or an installed plugin.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Plugins: mechanisms, actors, strategies, metrics and figures that others have written.",
        epilog="Example: innomotor plugins new study_circles",
        no_args_is_help=True,
    )
    group.command("list", epilog="Example: innomotor plugins list --json")(list_)
    group.command("show", epilog="Example: innomotor plugins show vasterbotten")(show)
    group.command("check", epilog="Example: innomotor plugins check ./innomotor-study-circles")(check)
    group.command("new", epilog="Example: innomotor plugins new study_circles")(new)
    group.command("trust", epilog="Example: innomotor plugins trust study_circles")(trust)
    app.add_typer(group, name="plugins")


def list_(*, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """List the plugins that are installed, without running their code."""
    from sim.plugin_host import discovery, trust  # noqa: PLC0415

    plugins = sorted(discovery.installed().values(), key=lambda plugin: plugin.name)
    if as_json:
        print_json({"plugins": [{**_identity(plugin), "trusted": trust.trusted(plugin)} for plugin in plugins]})
        return
    texts = texts_in(lang)
    for plugin in plugins:
        typer.echo(f"{plugin.name} {plugin.version}  {texts.of_model('about', plugin.name, plugin.about)}")
        if not trust.trusted(plugin):
            typer.echo(f"  {texts('plugins.untrusted', name=plugin.name)}")
    if not plugins:
        typer.echo(texts("plugins.none"))


def show(name: _PathOrName, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Show what a plugin brings: settings, mechanisms, actors, metrics, numbers and what they rest on."""
    from sim.plugin_host import portrait  # noqa: PLC0415 slow to load

    texts = texts_in(lang)
    with named_or_beside(name) as plugin:
        found = portrait.of(plugin, "en" if as_json else texts.language)
        if as_json:
            print_json({**_identity(plugin), **found})
        else:
            _show(plugin, found, texts)


def check(name: _PathOrName, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Check that a plugin keeps every promise; ends with 1 and names those that are broken."""
    from sim.plugin_check import examine  # noqa: PLC0415 slow to load

    texts = texts_in(lang)
    with named_or_beside(name) as plugin:
        verdict = examine(plugin)
    if as_json:
        print_json({**_identity(plugin), **verdict.plain()})
    else:
        for promise in verdict.promises:
            mark = "plugins.kept" if promise.kept else "plugins.broken"
            typer.echo(f"{texts(mark):<8} {texts(f'promise.{promise.name}')}: {promise.found}")
    if not verdict.kept:
        raise typer.Exit(1)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the plugin in scenarios.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder in which the plugin's own is made.")] = Path(),
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a new plugin that runs, passes its own tests and keeps every promise; change it from there."""
    from studio import scaffold  # noqa: PLC0415

    folder = scaffold.new(name, out)
    if as_json:
        print_json({"plugin": name, "folder": str(folder)})
    else:
        typer.echo(texts_in(lang)("plugins.made", folder=folder))


def trust(name: _NameArgument, *, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Record that you have looked at a plugin's code and let it run, as it is now."""
    from sim.plugin_host import discovery  # noqa: PLC0415
    from sim.plugin_host.trust import file, trust  # noqa: PLC0415

    plugin = discovery.named(name, place="NAME")
    entry = trust(plugin)
    if as_json:
        print_json({"plugin": name, **entry, "file": str(file())})
    else:
        typer.echo(texts_in(lang)("plugins.trusted", name=name, source=plugin.source, file=file()))


@contextmanager
def named_or_beside(name: str) -> Iterator[Plugin]:
    """An installed plugin, or the one in a folder."""
    from sim.plugin_host import discovery  # noqa: PLC0415

    path = Path(name)
    if path.is_dir() and (os.sep in name or name == "." or (path / "pyproject.toml").exists()):
        with discovery.beside(path.resolve()) as plugin:
            yield plugin
    else:
        yield discovery.named(name, place="PATH-or-NAME")


def _identity(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "package": plugin.distribution,
        "about": plugin.about,
        "source": plugin.source_hash,
    }


def _show(plugin: Plugin, found: dict[str, Any], texts: Texts) -> None:
    about = texts.of_model("about", plugin.name, found["documentation"])
    typer.echo(f"{plugin.name} {plugin.version}\n\n{about}\n")
    for group in ("settings", "mechanisms", "actors", "strategies", "metrics", "figures", "parameters"):
        if found[group]:
            typer.echo(texts(f"plugins.{group}"))
        for entry in found[group]:
            typer.echo(f"  {entry['name']}: {_about(plugin.name, group, entry, texts)}")


def _about(plugin: str, group: str, entry: dict[str, Any], texts: Texts) -> str:
    """What a part, a setting or a number is, in the reader's language."""
    from studio.reports import words  # noqa: PLC0415 slow to load

    if group in ("mechanisms", "actors"):
        return texts.of_model("mechanism", entry["name"], entry["about"])
    if group == "settings":
        said = texts.of_model("setting", f"{plugin}.{entry['name']}", entry["about"])
        return f"{said} [{entry['default']}]"
    if group != "parameters":
        return str(entry["about"])
    value, low, high = (words.plain(entry[key], texts) for key in ("value", "low", "high"))
    called = texts.of_model("parameter", entry["name"], "")
    unit = texts.of_model("unit", entry["unit"], entry["unit"])
    numbers = texts("plugins.number", value=value, low=low, high=high, unit=unit, grade=entry["grade"])
    return f"{called + ': ' if called else ''}{numbers}; {entry['source']}"
