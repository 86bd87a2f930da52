"""The facts on the terminal: what was measured, with its interval, beside what it had to be."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from sim.facts import Claim, Outcome
from studio.cli.terminal import new_console, plain_table
from studio.reports.known_facts import effect, rule
from studio.texts import Texts


def show(found: Sequence[Outcome], claims: Sequence[Claim], texts: Texts) -> None:
    """Every fact with all that it was judged by; then the claims that wait, each with the reason."""
    screen = new_console()
    screen.print(_outcomes(found, texts))
    passed = sum(outcome.passed for outcome in found)
    screen.print(texts("facts.summary", passed=passed, n=len(found)), markup=False, highlight=False)
    answered = {outcome.claim.id.rpartition(".")[2] for outcome in found}  # a plugin may answer what the model cannot
    waiting = [claim for claim in claims if claim.kind in ("later", "design") and claim.id not in answered]
    if waiting:
        screen.print()
        screen.print(_waiting(waiting, texts))


def _outcomes(found: Sequence[Outcome], texts: Texts) -> Table:
    shown = plain_table(texts("facts.title"), "")
    for key in ("fact", "measured", "effect", "rule", "outcome", "source"):
        shown.add_column(escape(texts(f"facts.{key}")), overflow="fold")
    for outcome in found:
        for i, check in enumerate(outcome.checks):
            first = i == 0
            verdict = texts("facts.passed") if check.passed else f"[bold red]{texts('facts.failed')}[/bold red]"
            shown.add_row(
                outcome.claim.id if first else "",
                escape(outcome.claim.in_language(texts.language)) if first else "",
                escape(check.sv if texts.language == "sv" else check.en),
                escape(effect(check.interval.effect, check.interval.low, check.interval.high, texts)),
                escape(rule(check, texts)),
                verdict,
                escape(outcome.claim.source) if first else "",
            )
        shown.add_section()
    return shown


def _waiting(claims: Sequence[Claim], texts: Texts) -> Table:
    shown = plain_table(texts("facts.waiting"), "")
    for key in ("fact", "why", "source"):
        shown.add_column(escape(texts(f"facts.{key}")), overflow="fold")
    for claim in claims:
        shown.add_row(*map(escape, (claim.id, claim.in_language(texts.language), _reason(claim, texts), claim.source)))
    return shown


def _reason(claim: Claim, texts: Texts) -> str:
    """Why it is not run."""
    return claim.rule_sv if texts.language == "sv" else claim.rule
