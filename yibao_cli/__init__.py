"""Merge, print, mail and reconcile medical-insurance statements (医保账单).

The names below are the library, described in docs/library.md. Each is loaded when it is first asked for, so
that `yibao --help` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao_cli.api import (
        Address,
        CleanOutcome,
        ExitCode,
        Finding,
        ImportOrder,
        ImportOutcome,
        LabelOutcome,
        ListOutcome,
        MergeOrder,
        MergeOutcome,
        Preview,
        Progress,
        ProofOutcome,
        ReadOptions,
        ReconcileOutcome,
        RenderOutcome,
        ReportOutcome,
        ReturnsOutcome,
        Track,
        Verdict,
        VerifyOutcome,
        Workspace,
        YibaoError,
        clean_addresses,
        import_files,
        import_returns,
        init_workspace,
        label_mailing,
        list_mailing,
        merge_mailing,
        open_workspace,
        parse_address,
        preview_piece,
        proof_mailing,
        reconcile_mailing,
        render_mailing,
        report_mailing,
        track_piece,
        verify_mailing,
    )

__version__ = "0.1.0"

__all__ = [
    "Address",
    "CleanOutcome",
    "ExitCode",
    "Finding",
    "ImportOrder",
    "ImportOutcome",
    "LabelOutcome",
    "ListOutcome",
    "MergeOrder",
    "MergeOutcome",
    "Preview",
    "Progress",
    "ProofOutcome",
    "ReadOptions",
    "ReconcileOutcome",
    "RenderOutcome",
    "ReportOutcome",
    "ReturnsOutcome",
    "Track",
    "Verdict",
    "VerifyOutcome",
    "Workspace",
    "YibaoError",
    "clean_addresses",
    "import_files",
    "import_returns",
    "init_workspace",
    "label_mailing",
    "list_mailing",
    "merge_mailing",
    "open_workspace",
    "parse_address",
    "preview_piece",
    "proof_mailing",
    "reconcile_mailing",
    "render_mailing",
    "report_mailing",
    "track_piece",
    "verify_mailing",
]


def __getattr__(name: str) -> object:
    """A name of the library, when it is first asked for (PEP 562)."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - only for programs that use the library

    found = getattr(import_module("yibao_cli.api"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names of the library beside those of every module."""
    return sorted({*globals(), *__all__})
