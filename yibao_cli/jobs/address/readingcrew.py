"""Addresses read by a crew: batches of writings in, their readings out, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.i18n import _
from yibao_cli.jobs.address.booking import read_writing
from yibao_cli.jobs.workers.cluster import Crew, run_crew

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yibao_cli.address import Judging, PostcodeTable
    from yibao_cli.jobs.address.booking import Reading, Writing

_WORTH = 30_000  # rows from which on more processes are quicker than one: each reads the divisions first


@dataclass(frozen=True)
class Reader:
    """How writings are read: as strictly as the settings say, against the post's table."""

    judging: Judging
    table: PostcodeTable | None

    def __call__(self, batch: Batch) -> list[Reading]:
        """Read a batch."""
        return [read_writing(writing, self.judging, self.table) for writing in batch.writings]


@dataclass(frozen=True, slots=True)
class Batch:
    """Writings to be read together; number: counted from 1, the name by which a message calls it."""

    number: int
    writings: tuple[Writing, ...]

    def __str__(self) -> str:
        return _("batch {number} of the addresses").format(number=self.number)


def read_batches(
    reader: Reader, batches: Iterable[list[Writing]], crew: Crew, rows: int
) -> Iterator[dict[Writing, Reading]]:
    """The readings of each batch, in order; rows: how many there may be, which says whether a pool pays."""
    if rows < _WORTH and not crew.address:
        crew = Crew(workers=1)
    numbered = (Batch(number, tuple(writings)) for number, writings in enumerate(batches, start=1))
    for batch, readings in run_crew(reader, numbered, crew, ordered=True):
        yield dict(zip(batch.writings, readings, strict=True))
