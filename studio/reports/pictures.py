"""The figures of a report, in the reader's language, with what they show in words."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from matplotlib.figure import Figure

from sim.figures import adoption_curves, appearance, cost_use, reach_depth, stages
from sim.hookspecs import Figure as PluginFigure
from sim.metrics import Comparison, StrategyResult, quantile
from sim.plugin_host import figures_of
from sim.plugin_host.calls import Call, at_work
from studio.reports import budget, words
from studio.texts import Texts


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with its heading, caption and alternative text."""

    name: str
    heading: str
    caption: str
    alternative: str
    figure: Figure


def pictures(comparison: Comparison, texts: Texts) -> list[Picture]:
    """The four figures in the order of the report, and those of plugins."""
    return [
        *_four(comparison, texts),
        *(_from_plugin(plugin, figure, comparison, texts) for plugin, figure in figures_of(comparison.scenario)),
    ]


def _from_plugin(plugin: str, figure: PluginFigure, comparison: Comparison, texts: Texts) -> Picture:
    """A picture that a plugin draws.

    Raises:
        PluginFault: it raised.
    """
    paper = appearance.sheet(7.2, 4.0)
    paper.set_layout_engine("constrained")
    called = {name: _literal(textwrap.fill(text, 24)) for name, text in budget.marked_names(comparison, texts).items()}
    finals = {called[name]: result.final for name, result in comparison.strategies.items()}
    with at_work(Call(plugin, "innomotor_figures", figure.name)):
        figure.draw(appearance.calm(paper.add_subplot()), finals, texts.language)
    title, caption = (text.in_language(texts.language) for text in (figure.title, figure.caption))
    return Picture(f"{plugin}_{figure.name}", title, caption, caption, paper)


def _four(comparison: Comparison, texts: Texts) -> list[Picture]:
    """Those that every report has."""
    named, results, numbers = labels(comparison, texts), comparison.strategies, texts.numbers
    return [
        Picture(
            "spread",
            texts("report.spread"),
            texts("report.spread_caption"),
            texts(
                "report.alt_curves",
                months=comparison.scenario.months,
                reach=_each(comparison, texts, "reach"),
                sustained=_each(comparison, texts, "sustained"),
            ),
            adoption_curves.figure(results, named, numbers, marks(comparison, texts)),
        ),
        Picture(
            "cost",
            texts("report.cost"),
            texts("report.cost_caption"),
            texts("report.alt_cost", points=_each(comparison, texts, "cost_sek", "sustained")),
            cost_use.figure(results, named, numbers),
        ),
        Picture(
            "depth",
            texts("report.depth"),
            texts("report.depth_caption"),
            texts("report.alt_depth", ends=_each(comparison, texts, "reach", "sustained")),
            reach_depth.figure(results, named, numbers),
        ),
        Picture(
            "stages",
            texts("report.stages"),
            texts("report.stages_caption"),
            texts(
                "report.alt_stages",
                sustained=_each(comparison, texts, "sustained"),
                abandoned=_each(comparison, texts, "abandoned"),
            ),
            stages.figure(results, named, numbers),
        ),
    ]


def labels(comparison: Comparison, texts: Texts) -> dict[str, str]:
    """Words for a figure: its axes, stages, and the strategies' names."""
    names = budget.marked_names(comparison, texts)
    strategies = {f"strategy.{name}": _literal(text) for name, text in names.items()}
    return {**texts.family("figure"), **{f"stage.{k}": v for k, v in texts.family("stage").items()}, **strategies}


def _literal(text: str) -> str:
    """The text so that matplotlib does not read it as mathematics."""
    return text.replace("$", r"\$")


def marks(comparison: Comparison, texts: Texts) -> list[adoption_curves.Mark]:
    """The events whose month is known."""
    months = [(event.month_after(comparison.scenario.start), event) for event in comparison.scenario.events]
    return [adoption_curves.Mark(m, texts(f"event.{event.kind}")) for m, event in months if m is not None]


def _each(comparison: Comparison, texts: Texts, *metrics: str) -> str:
    """``name value (value)`` for each strategy."""
    names = budget.marked_names(comparison, texts)
    return "; ".join(
        f"{names[name]} {' / '.join(_median(result, metric, texts) for metric in metrics)}"
        for name, result in comparison.strategies.items()
    )


def _median(result: StrategyResult, metric: str, texts: Texts) -> str:
    value = quantile(result.final[metric], 0.5)
    if metric.endswith("_sek"):
        return words.amount(value, texts)
    return words.short_percent(value, texts)
