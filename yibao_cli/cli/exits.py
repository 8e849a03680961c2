"""The codes that each command can end with, beside those that any command can; for its help and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import ExitCode
from yibao_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a code says, in a few words; docs/exit-codes.md says more.
MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.OK: N_("done, or nothing to do"),
    ExitCode.USAGE: N_("wrong command line"),
    ExitCode.FINDINGS: N_("done, and some records need a person"),
    ExitCode.CHECK_FAILED: N_("a check failed: do not mail"),
    ExitCode.STATE: N_("the mailing's state forbids this step"),
    ExitCode.INPUT_REFUSED: N_("the file's content was refused"),
    ExitCode.NOT_FOUND: N_("not found"),
    ExitCode.UNAVAILABLE: N_("a font, a library or the cluster is missing"),
    ExitCode.BUG: N_("a bug in yibao"),
    ExitCode.IO: N_("I/O error, disk full"),
    ExitCode.LOCKED: N_("another run is at work"),
    ExitCode.PERMISSIONS: N_("permissions, or another role's command"),
    ExitCode.SETTINGS: N_("settings, kind or key wrong"),
    ExitCode.INTERRUPTED: N_("interrupted; run it again"),
    ExitCode.TERMINATED: N_("terminated; run it again"),
}
# Any command can end with these.
ALWAYS = (
    ExitCode.USAGE,
    ExitCode.STATE,
    ExitCode.NOT_FOUND,
    ExitCode.BUG,
    ExitCode.IO,
    ExitCode.PERMISSIONS,
    ExitCode.SETTINGS,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)

_OWN: Mapping[str, tuple[int, ...]] = {
    "init": (),
    "demo": (4,),
    "sample": (),
    "status": (4,),
    "doctor": (3, 69),
    "licences": (),
    "import": (3, 4, 65, 75),
    "merge": (3, 4, 65, 69, 75),
    "proof": (4, 69, 75),
    "approve": (4, 75),
    "render": (4, 69, 75),
    "verify": (4, 69, 75),
    "preview": (4, 69),
    "reprint": (3, 4, 65, 69, 75),
    "manifest": (3, 4, 69, 75),
    "labels": (3, 4, 69, 75),
    "handover": (3, 4, 65, 69, 75),
    "track": (4,),
    "reconcile": (3, 4, 75),
    "report": (4,),
    "month-end": (4,),
    "serve": (4, 69),
    "nightly": (3, 4, 65, 69, 75),
    "backup": (4, 75),
    "restore": (4, 65),
    "purge": (4, 75),
    "address parse": (65, 69),
    "address clean": (3, 4, 69, 75),
    "address review": (3, 4, 69),
    "address apply": (3, 4, 65, 75),
    "address show": (4,),
    "address history": (4,),
    "address suppress": (4,),
    "address release": (4,),
    "address enquiry": (4,),
    "address walks": (3, 4),
    "numbers add": (3, 4, 65),
    "numbers list": (4,),
    "kind new": (),
    "kind check": (4,),
    "kind preview": (69,),
    "ads check": (3, 4, 65),
    "ads approve": (3, 4, 65),
    "ads plan": (3, 4, 65),
    "ads quote": (4,),
    "ads avails": (3, 4, 65),
    "ads proof": (3, 4, 65, 69),
    "ads settle": (3, 4, 65),
    "ads payment": (4,),
    "ads accounts": (3, 4),
    "ads codes": (4, 65),
    "ads scans": (3, 4, 65),
    "ads lift": (4, 65),
    "receipts import": (3, 4, 65, 75),
    "receipts scan": (3, 4, 75),
    "receipts decode": (3, 4, 69),
    "receipts list": (3, 4),
    "returns import": (3, 4, 65, 75),
    "returns scan": (3, 4, 75),
    "returns decode": (3, 4, 69),
    "returns waiting": (3, 4),
    "returns settle": (4,),
    "returns cures": (3, 4),
    "returns corrections": (4,),
    "returns remail": (4, 69, 75),
    "survey draw": (4,),
    "survey import": (3, 4, 65),
    "survey result": (4,),
    "complaints add": (4,),
    "complaints list": (4,),
    "complaints close": (4,),
    "complaints compensate": (4,),
    "complaints approve": (4,),
    "audit verify": (4,),
    "audit list": (4,),
    "audit head": (4,),
    "keys new": (),
    "keys check": (4, 75),
    "keys open": (4,),
    "keys encrypt": (4, 75),
    "keys rotate": (4, 75),
    "keys decrypt": (4, 75),
}


def exits_of(command: str) -> tuple[ExitCode, ...]:
    """The codes of a command by its words, such as `returns import`; 0 first, without those of ALWAYS."""
    return (ExitCode.OK, *map(ExitCode, _OWN[command]))


def commands() -> set[str]:
    """All commands that are declared here."""
    return set(_OWN)
