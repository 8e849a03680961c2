"""Posted pieces and their returns, by ordinal."""

from __future__ import annotations

import pandas as pd

from yibao_cli.codes import piece_number
from yibao_cli.returns.reconcile import reconcile
from yibao_cli.returns.standing import Terms

PIECES = ("piece", "county", "employer_no", "employer_name")
RETURNS = ("piece", "returned_on", "reason")


def posted(*places):
    """Pieces 1, 2, ... with (county, employer) each."""
    rows = [(piece_number(n), county, no, f"单位{no}") for n, (county, no) in enumerate(places, 1)]
    return pd.DataFrame(rows, columns=list(PIECES), dtype="string")


def came_back(*returns):
    """Returns of (ordinal, day, reason)."""
    rows = [(piece_number(n), day, reason) for n, day, reason in returns]
    return pd.DataFrame(rows, columns=list(RETURNS), dtype="string")


def account_of(pieces, returns, today="2026-12-01", promise=0.9, beyond=None):
    """The account of a mailing posted on 2026-10-08 with a window of 30 days."""
    return reconcile(pieces, returns, Terms("2026-10-08", today, 30, promise), beyond)
