"""Lines of the journal and figures of the follow-up in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolio.follow_up import Followed, Updated
    from portfolio.journal import Entry
    from studio.texts import Texts


def what(entry: Entry, texts: Texts) -> str:
    """What a line says, in a few words."""
    record = entry.record
    if record.kind == "decision":
        return f"{texts(f'portfolio.step.{record.step}')}: {texts(f'portfolio.outcome.{record.outcome}')}"
    parts = []
    if record.adoption is not None:
        parts.append(texts("portfolio.journal.adoption", share=texts.numbers.percent(record.adoption)))
    if record.cost_sek is not None:
        parts.append(texts("portfolio.journal.cost", amount=texts.numbers.number(record.cost_sek)))
    return f"{record.period}: {', '.join(parts)}"


def who(entry: Entry, texts: Texts) -> str:
    """Who decided or reported, at what level, under what number."""
    record = entry.record
    if record.kind == "decision":
        return f"{record.decided_by} ({texts(f'portfolio.level.{record.level}')}), {record.diary_number}"
    return record.reported_by


def written(what: str, value: float, texts: Texts) -> str:
    """An adoption in per cent, a cost in thousands of SEK."""
    if what == "adoption":
        return texts.numbers.percent(value, 1)
    return texts("portfolio.follow_up.ksek", n=texts.numbers.number(value / 1000))


def apart(what: str, value: float, texts: Texts) -> str:
    """A difference of adoptions in percentage points, of costs in thousands of SEK."""
    if what == "adoption":
        return texts("portfolio.follow_up.points", n=texts.numbers.number(100 * value, 1))
    return written(what, value, texts)


def coverage(seen: Followed, texts: Texts) -> str:
    """How many sightings lay in the 90 % band, and what that says."""
    inside, banded, (low, high) = seen.coverage()
    if not banded:
        return texts("portfolio.follow_up.no_bands")
    numbers = texts.numbers
    ends = {"low": numbers.percent(low), "high": numbers.percent(high)}
    return texts("portfolio.follow_up.coverage", inside=inside, banded=banded, **ends)


def updated(one: Updated, title: str, texts: Texts) -> str:
    """What the forecast says at the end of the plan, before and after."""
    effective, worlds = texts.numbers.number(one.effective, 0), texts.numbers.number(len(one.weights))
    if not one.holds:
        return texts("portfolio.follow_up.broken", title=title, effective=effective, worlds=worlds)
    said = texts("portfolio.follow_up.updated", title=title, effective=effective, worlds=worlds)
    (first, was, last), (low, now, high) = (bands["adoption"][:, -1] for bands in (one.before, one.after))
    if first < last:
        shares = {"was": was, "now": now, "low": low, "high": high}
        percent = {key: texts.numbers.percent(share) for key, share in shares.items()}
        said += " " + texts("portfolio.follow_up.updated_adoption", quarter=one.quarters[-1], **percent)
    (_, was, _), (low, now, high) = one.total_before, one.total_after
    amounts = {"was": was, "now": now, "low": low, "high": high}
    millions = {key: texts.numbers.number(amount / 1e6, 1) for key, amount in amounts.items()}
    return said + " " + texts("portfolio.follow_up.updated_cost", **millions)
