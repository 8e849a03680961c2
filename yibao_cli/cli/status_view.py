"""Pictures of a mailing for a terminal: small charts, at most 80 columns wide, and the counties' table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from yibao_cli.cli.terminal import columns, shortened, show_table, visible, width_of
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yibao_cli.jobs.reports.status import MailingStatus
    from yibao_cli.returns.standing import Account

_BAR, _LABEL = 30, 22
_COUNTIES = 12
_LEVELS = "▁▂▃▄▅▆▇█"


def bars(items: Sequence[tuple[str, int]], whole: int = 0) -> Iterator[str]:
    """A bar for each label and count, as long as its share of the whole, or of the largest."""
    of = max(whole or max((count for _label, count in items), default=0), 1)
    label = min(max((width_of(name) for name, _count in items), default=0), _LABEL)
    digits = max((len(f"{count:,}") for _name, count in items), default=0)
    room = max(min(_BAR, columns() - label - digits - 14), 8)
    for name, count in items:
        bar = "█" * (max(round(room * count / of), 1) if count else 0)
        share = f" {count / of:>6.1%}" if whole else ""
        yield f"  {_cut(name, label)} {bar:<{room}} {count:>{digits},}{share}".rstrip()


def sparkline(counts: Sequence[int]) -> str:
    """Counts in a row as a line of small columns, added up in groups where there are more than fit."""
    room = columns() - 30
    group = -(-len(counts) // room) if counts else 1
    sums = [sum(counts[i : i + group]) for i in range(0, len(counts), group)]
    most = max(sums, default=0)
    return "".join(_LEVELS[round((len(_LEVELS) - 1) * n / most)] if n else " " for n in sums) if most else ""


def status_charts(status: MailingStatus) -> Iterator[str]:
    """What became of the roster, and of the posted pieces by the last account."""
    if status.pieces:
        rows = status.pieces.get("roster_rows", 0)
        names = {"rejected": _("rejected"), "held": _("held"), "unselected": _("not selected")}
        items = [(_("pieces"), status.pieces["pieces"])]
        items += [(name, status.pieces[key]) for key, name in names.items() if status.pieces.get(key)]
        yield _("roster: {rows} rows").format(rows=f"{rows:,}")
        yield from bars(items, max(rows, sum(count for _name, count in items)))
    if status.account is not None:
        counts = status.account.counts
        yield _("posted: {count} pieces, by the account of {day}").format(
            count=f"{counts['posted']:,}", day=status.account.as_of
        )
        yield from bars(list(_states(counts)), counts["posted"])


def account_charts(account: Account) -> Iterator[str]:
    """The posted pieces by state, reasons, and the curve by day."""
    yield from bars(list(_states(account.counts)), account.posted)
    reasons = account.by_reason.to_dict("records")
    if reasons:
        yield _("returns by reason")
        yield from bars([(f"{r['reason']} {r['label']}", int(r["pieces"])) for r in reasons])
        yield _("returns by day, {first} to {last}").format(
            first=account.by_day["day"].iloc[0], last=account.by_day["day"].iloc[-1]
        )
        yield f"  {sparkline(list(_each_day(account)))}"


def show_counties(account: Account) -> None:
    """The counties as a table on stderr, those with the most returns for their pieces first."""
    found = account.by_county.sort_values("rate", kind="stable").to_dict("records")
    names = {
        "posted": _("posted"),
        "delivered": _("delivered"),
        "returned": _("returned"),
        "remailed": _("re-mailed"),
        "pending": _("pending"),
    }
    shown = [n for n in names if n not in {"remailed", "pending"} or account.counts[n]]
    rows = [
        (
            r["county"] or _("(unknown)"),
            *(f"{int(r[name]):,}" for name in shown),
            f"{r['rate']:.1%}",
            f"{100 * r['low']:.0f}-{100 * r['high']:.0f}",
        )
        for r in found[:_COUNTIES]
    ]
    header = (_("county"), *(names[name] for name in shown), _("rate"), "95%")
    show_table(header, rows, sys.stderr, numbers=range(1, len(header)))
    if len(found) > _COUNTIES:
        more = _("and {count} counties more, in the workbook").format(count=len(found) - _COUNTIES)
        sys.stderr.write(f"{more}\n")


def _states(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    names = {
        "signed": _("signed for"),
        "presumed": _("presumed delivered"),
        "returned": _("returned"),
        "remailed": _("re-mailed"),
        "pending": _("pending"),
    }
    yield from ((name, counts[state]) for state, name in names.items() if counts.get(state))


def _each_day(account: Account) -> Iterator[int]:
    """Returns of each day from the first to the last, days without any too."""
    from datetime import date, timedelta

    counts = dict(zip(account.by_day["day"], account.by_day["pieces"], strict=True))
    first, last = (date.fromisoformat(day) for day in (min(counts), max(counts)))
    for n in range((last - first).days + 1):
        yield int(counts.get((first + timedelta(days=n)).isoformat(), 0))


def _cut(text: str, width: int) -> str:
    """A label of just so many columns; what is longer ends in an ellipsis."""
    text = shortened(visible(text), width)
    return text + " " * (width - width_of(text))
