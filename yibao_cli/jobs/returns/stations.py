"""What all scanner sessions share: the words of what a line came to, and a name that one session holds."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

from yibao_cli.errors import LockHeld
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from yibao_cli.jobs.workspace import Workspace

ACCEPTED, REASON, UNDONE, SAID = "accepted", "reason", "undone", "said"
# What stays of an accepted line when its second half came: the reason of a letter, the name on a receipt.
SIGNER = "signer"
# The shortest code is the number of a piece; what is shorter was a key that was mistyped.
SHORTEST = 7


class Scanned(Protocol):
    """What one line came to."""

    @property
    def outcome(self) -> str:
        """Accepted, undone, said, or a word of why it was put aside."""

    @property
    def what(self) -> str:
        """What was scanned, as it is shown."""

    @property
    def text(self) -> str:
        """What the operator is told."""

    @property
    def is_refused(self) -> bool:
        """Whether the paper is to be put aside."""

    def plain(self) -> dict[str, object]:
        """The same for a program."""


class ScanSession(Protocol):
    """A scanner at work."""

    name: str
    mailing: str
    counts: Counter[str]

    def take(self, text: str) -> Scanned:
        """Take one line in; what it says is durable when this returns."""

    def greeting(self) -> Iterator[str]:
        """What the operator reads first, a line each."""


@contextmanager
def held_name(workspace: Workspace, mailing: str, name: str) -> Iterator[None]:
    """Keep the name of a station for a session, for what follows a code belongs to the last one of the name.

    Raises LockHeld when another session goes by it.
    """
    key = hashlib.sha256(f"{mailing}/{name}".encode()).hexdigest()[:12]
    with ExitStack() as stack:
        try:
            stack.enter_context(workspace.locked(f"station-{key}"))
        except LockHeld as error:
            raise LockHeld(
                _("another scanner goes by the name {name}").format(name=name),
                remedy=_("give each scanner a name of its own, such as `--station B`"),
            ) from error
        yield


def total_of(counts: Mapping[str, int]) -> str:
    """The running counts in words."""
    return _(", ").join(f"{outcome_word(k)} {v}" for k, v in sorted(counts.items())) or _("none yet")


def outcome_word(outcome: str) -> str:
    """An outcome in the language in use."""
    words = {
        "accepted": _("accepted"),
        "reason": _("reason"),
        "signer": _("signed by"),
        "undone": _("taken back"),
        "duplicate": _("duplicate"),
        "unknown": _("unknown"),
        "void": _("void copy"),
        "wrong-mailing": _("wrong mailing"),
        "early": _("wrong day"),
        "damaged": _("damaged code"),
        "foreign": _("not ours"),
    }
    return words.get(outcome, outcome)
