"""Sort a mailing that is being merged, by the scheme of its settings and the post's table of walks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.compose import pages_of
from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.jobs.address.walks import walks_of_entries
from yibao_cli.kinds.sorting import FILE_NAME as SCHEMES
from yibao_cli.kinds.sorting import load_schemes
from yibao_cli.ledger import ordering, outcome
from yibao_cli.mailing.parting import part_sizes
from yibao_cli.mailing.sorting import sort_in_turn
from yibao_cli.mailing.summary import TOO_LOOSE, check_parts, check_sorting, summary
from yibao_cli.mailing.weights import PaperStock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.product import Product
    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.model import Finding

# What a piece gets by sorting; no kind may name a field so.
COLUMNS = (
    *("bundle", "bag", "level", "destination", "bag_level", "bag_destination"),
    *("walk", "office", "weight_mg", "thickness_um"),
)
REFUSED = (TOO_LOOSE,)
_AT_ONCE = 50_000  # pieces
_TYPES = {"bundle": pa.int32(), "bag": pa.int32(), "weight_mg": pa.int32(), "thickness_um": pa.int32()}
_BY_DELIVERY = {"member": "china-letter", "employer": "employer"}
# Words of a scheme that are no fields of a piece.
_WORDS = {"walk", "road", "number", "door", "row", "kind", "office", "city", "province", "employer"}


@dataclass(frozen=True, slots=True)
class SortedMailing:
    """A sorted mailing: its pieces, those of each part, what package.json says of it, and what is wrong.

    pages: pages of each piece, in print order.
    """

    pieces: int
    part_sizes: list[int]
    facts: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


def sort_mailing(
    workspace: Workspace, mailing: str, ledger: Ledger, printing: tuple[Layout, Product]
) -> SortedMailing:
    """Put what is not held into bundles and bags, and into print order.

    Raises SettingsError when the scheme is not there, or its bundles cannot hold the pieces.
    """
    scheme = scheme_of(workspace, mailing)
    _require_free_names(ledger, scheme)
    walks, tables = walks_of_entries(workspace, mailing)
    words = [w for w in scheme.inside if w not in _WORDS]
    layout, product = printing
    frame = _frame(ordering.candidates(ledger, words, walks), layout, PaperStock.of(product))
    most = workspace.settings.render.pieces_per_part
    first = frame["goes_first"].to_numpy()
    placed = sort_in_turn([frame[first], frame[~first]], scheme, most)
    placed = placed.merge(frame[["row_id", "walk", "office", "weight_mg", "thickness_um"]], on="row_id")
    del frame  # what follows wants the room
    facts = summary(placed, scheme)
    ahead = int(first.sum())
    early = _part_sizes(placed[:ahead], most)
    if ledger.options.first is not None:
        facts["first"] = {"where": ledger.options.first.text, "pieces": ahead, "parts": len(early)}
    pieces = ordering.order_pieces(ledger, _tables(placed))
    sizes = [*early, *_part_sizes(placed[ahead:], most)]
    told = [*check_sorting(facts, scheme, with_walks=tables), *check_parts(placed, scheme, most)]
    return SortedMailing(pieces, sizes, facts, told)


def scheme_of(workspace: Workspace, mailing: str) -> Scheme:
    """The scheme that a mailing is sorted by; SettingsError where none has its name."""
    settings = workspace.mailing(mailing)
    name = settings.sorting or workspace.settings.sorting.scheme or _BY_DELIVERY[settings.deliver]
    known = load_schemes(shipped("templates") / "common" / SCHEMES) | workspace.settings.sorting.own()
    if name not in known:
        raise SettingsError(
            _("there is no sorting scheme {name}").format(name=name),
            where=FILE_NAME,
            remedy=_("use one of: {known}").format(known=", ".join(sorted(known))),
        )
    scheme = known[name]
    if settings.order == "household" and scheme.inside[-1] != "door":
        # Whoever asks for households wants them where the scheme says nothing finer than the address.
        inside = [w for w in scheme.inside if w in {"walk", "postcode", "county", "employer", "employer_no"}]
        scheme = scheme.model_copy(update={"inside": (*inside, "road", "number", "door")})
    return scheme


def _require_free_names(ledger: Ledger, scheme: Scheme) -> None:
    fields = outcome.piece_columns(ledger)
    if taken := sorted({*COLUMNS, "position"} & set(fields)):
        raise SettingsError(
            _("the kind has a field {names}, which sorting makes itself").format(names=", ".join(taken)),
            remedy=_("give the field another name in the kind"),
        )
    if unknown := [w for w in scheme.inside if w not in _WORDS and w not in fields]:
        raise SettingsError(
            _("the sorting scheme {scheme} orders by {names}, which no piece has").format(
                scheme=scheme.id, names=", ".join(unknown)
            ),
            remedy=_("correct `inside` of the scheme; docs/sorting.md describes it"),
        )


def _frame(found: pa.Table, layout: Layout, paper: PaperStock) -> pd.DataFrame:
    pages = pages_of(layout, found.column("variant").to_pylist(), found.column("line_count").to_pylist())
    narrow = found.drop_columns(["variant", "line_count", "address_id"])
    texts = [name for name in narrow.column_names if pa.types.is_string(narrow.schema.field(name).type)]
    # Few different texts stand on many pieces: as categories they take a tenth of the room.
    frame: pd.DataFrame = narrow.to_pandas(categories=texts)
    return frame.assign(weight_mg=paper.weights(pages), thickness_um=paper.thicknesses(pages))


def _part_sizes(placed: pd.DataFrame, most: int) -> list[int]:
    return part_sizes(placed["bundle"].to_numpy(), placed["bag"].to_numpy(), most)


def _tables(placed: pd.DataFrame) -> Iterator[pa.Table]:
    """The places of the pieces, some at a time, for as plain texts they take ten times the room."""
    for start in range(0, max(len(placed), 1), _AT_ONCE):
        yield _table(placed.iloc[start : start + _AT_ONCE])


def _table(placed: pd.DataFrame) -> pa.Table:
    names = ("row_id", "position", *COLUMNS)
    arrays = [pa.array(placed[name], type=_TYPES.get(name)) for name in names]
    plain = [a.cast(pa.string()) if pa.types.is_dictionary(a.type) else a for a in arrays]
    return pa.table(plain, names=list(names))
