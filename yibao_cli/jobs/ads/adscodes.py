"""Response codes: made when a mailing is frozen, printed as QR where an ad asks for it, scanned."""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from yibao_cli.ads.response import read_code, response_code
from yibao_cli.jobs.ads.adstext import lines_of
from yibao_cli.jobs.ads.adswork import frozen_facts
from yibao_cli.kinds.page import response_field
from yibao_cli.store import audit
from yibao_cli.store.contracts import add_scans, scanned_codes
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace

SECRET = "response.key"  # noqa: S105 - a file's name
_BYTES = 16


class Given(NamedTuple):
    """The code of a paid panel of a piece: which ad's, and what its QR says, "" where none is printed."""

    piece: str
    panel: str
    ad: str
    code: str
    printed: str


@dataclass(frozen=True)
class Coder:
    """Makes the codes of a mailing. asked: contracts whose ads bear a QR; url: what a QR begins with."""

    key: str
    mailing: str
    url: str
    asked: frozenset[str]

    def columns(self, slots: Mapping[str, Sequence[str]], pieces: Sequence[str]) -> dict[str, list[str]]:
        """Per slot what its QR says for each of these pieces; no column where no ad asks for one."""
        if not self.asked:
            return {}
        wanted = {f"ad:{number}" for number in self.asked}
        return {
            response_field(slot): [
                self.url + response_code(self.key, self.mailing, piece, slot) if ad in wanted else ""
                for piece, ad in zip(pieces, ads, strict=True)
            ]
            for slot, ads in slots.items()
        }


def coder_of(workspace: Workspace, mailing: str, asked: Iterable[str]) -> Coder:
    """The coder of a mailing that is being frozen."""
    settings, wanted = workspace.settings.ads, frozenset(asked)
    key = _key(workspace, settings.seed or mailing) if wanted else ""
    return Coder(key, mailing, address_of(settings.response_url), wanted)


def address_of(url: str) -> str:
    """What a code is put behind: an address that ends in a stroke, or nothing."""
    return f"{url.rstrip('/')}/" if url else ""


def _key(workspace: Workspace, seed: str) -> str:
    """A secret of the workspace comes first: nobody can guess a code who knows seed and client."""
    path = workspace.folder / SECRET
    if not path.is_file():
        with workspace.locked("response"):
            if not path.is_file():
                with atomic_file(path, "w") as stream:
                    stream.write(secrets.token_hex(_BYTES))
    return f"{path.read_text(encoding='utf-8').strip()}/{seed}"


def _old_key(workspace: Workspace, facts: Mapping[str, Any]) -> str:
    """The key of codes that no paper bears, in packages that have none in their columns."""
    return f"{facts['options']['seed']}/{workspace.settings.client.name}"


def given_codes(workspace: Workspace, mailing: str) -> Iterator[Given]:
    """The codes of all paid panels, in print order: as the package has them, else by the key of the mailing.

    A mailing in which any ad bears a QR has codes for those ads alone.
    """
    facts, package = frozen_facts(workspace, mailing), workspace.package(mailing)
    there, key = package.piece_fields(), _old_key(workspace, facts)
    slots = [(p, f"slot_{p.lower()}", response_field(p)) for p in facts["panels"]]
    printed = any(told in there for _p, _s, told in slots)
    columns = [name for _p, *names in slots for name in names if name in there]
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, ["piece", *columns]).to_pydict()
        for row, piece in enumerate(table["piece"]):
            for panel, slot, told in slots:
                ad = table[slot][row]
                if not ad.startswith("ad:"):
                    continue
                if not printed:
                    yield Given(piece, panel, ad, response_code(key, mailing, piece, panel), "")
                elif said := table[told][row]:
                    yield Given(piece, panel, ad, said.rpartition("/")[2], said)


def codes_of(workspace: Workspace, mailing: str) -> Iterator[dict[str, str]]:
    """A response code for each paid panel of each piece, in print order; `url`: what its QR says."""
    url = address_of(workspace.settings.ads.response_url)
    for one in given_codes(workspace, workspace.mailing_id(mailing)):
        said = one.printed or (f"{url}{one.code}" if url else "")
        yield {"piece": one.piece, "panel": one.panel, "code": one.code, "url": said}


@dataclass(frozen=True, slots=True)
class Scans:
    """An import of scans: lines, those that are codes of ours, new ones, and those of nobody."""

    lines: int
    known: int
    fresh: int
    strange: int


def import_scans(workspace: Workspace, mailing: str, path: Path) -> Scans:
    """Import a log of scans: csv with `code` and `scanned_at`, or a code a line."""
    mailing = workspace.mailing_id(mailing)
    rows = [[*row, "", ""][:2] for row in csv.reader(lines_of(path)) if any(row)]
    rows = rows[1:] if rows and rows[0][0].strip().lower() == "code" else rows
    ours = {given.code for given in given_codes(workspace, mailing)}
    read = [(read_code(code), at.strip()) for code, at in rows]
    known = [(code, at) for code, at in read if code in ours and code is not None]
    with workspace.engine.begin() as connection:
        fresh = add_scans(connection, mailing, known, path.name)
        facts = {"lines": len(rows), "known": len(known), "new": fresh}
        audit.record(connection, at=workspace.stamp, command="ads scans", mailing=mailing, facts=facts)
    return Scans(len(rows), len(known), fresh, len(rows) - len(known))


def responses(workspace: Workspace, mailing: str) -> list[dict[str, object]]:
    """Per contract: pieces, codes that were scanned, and the share."""
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        scanned = scanned_codes(connection, mailing)
    pieces: dict[str, int] = {}
    hits: dict[str, int] = {}
    for given in given_codes(workspace, mailing):
        pieces[given.ad] = pieces.get(given.ad, 0) + 1
        hits[given.ad] = hits.get(given.ad, 0) + (given.code in scanned)
    return [
        {
            "contract": ad.removeprefix("ad:"),
            "pieces": count,
            "scanned": hits[ad],
            "share": f"{hits[ad] / count:.4%}",
        }
        for ad, count in sorted(pieces.items())
    ]
