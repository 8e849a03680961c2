"""What an ad did: those who had it against those held out who could have had it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from yibao_cli.ads.people import hashes_of, held_out, masks_of, people_of
from yibao_cli.ads.response import Lift, lift_of
from yibao_cli.ads.terms import Aim, Contract
from yibao_cli.errors import InputNotFound, StateError
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsplan import AUDIENCE
from yibao_cli.jobs.ads.adstext import lines_of
from yibao_cli.jobs.ads.adswork import frozen_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path
    from typing import Any

    from yibao_cli.jobs.workspace import Workspace

Arm = tuple[int, int]  # people, responses


def measure_lift(workspace: Workspace, mailing: str, contract: str, responders: Path) -> Lift:
    """What an ad did, over those held out who could have had it.

    responders: members' keys, one a line, as the client matched them with the advertiser's customers.
    Raises StateError where nobody was held out.
    """
    mailing = workspace.mailing_id(mailing)
    keys = {line.strip() for line in lines_of(responders) if line.strip()}
    exposed, held_out = arms(workspace, mailing, contract, keys)
    if not held_out[0]:
        raise StateError(
            _("nobody was held out in mailing {mailing}").format(mailing=mailing),
            remedy=_("set `holdout` in [ads] before the next mailing is merged"),
        )
    return lift_of(exposed, held_out)


def arms(workspace: Workspace, mailing: str, contract: str, responders: AbstractSet[str]) -> tuple[Arm, Arm]:
    """(people, responses) of those who had the ad, and of those held out whom it was aimed at."""
    facts, kind = frozen_facts(workspace, mailing), workspace.kind(mailing)
    terms = next((c for c in facts["contracts"] if c["id"] == contract), None)
    if terms is None:
        raise InputNotFound(
            _("contract {contract} is not in this mailing").format(contract=contract),
            remedy=_("see `yibao ads plan {mailing}`").format(mailing=mailing),
        )
    package, key = workspace.package(mailing), kind.merge.key
    slots = [f"slot_{p.lower()}" for p in facts["panels"]]
    names = [n for n in AUDIENCE if n in package.piece_fields()]
    table = pa.concat_tables(
        [package.pieces(e.part, list(dict.fromkeys([key, *names, *slots]))) for e in package.manifest.parts]
    )
    people = people_of(table, key, workspace.mailing(mailing).posting)
    out = held_out(hashes_of(people.keys, facts["options"]["seed"]), facts["options"]["holdout"])
    aimed_at = masks_of(people, [_contract(terms)]) != 0
    bears = np.zeros(len(people), np.bool_)
    for slot in slots:
        bears |= np.array([ad == f"ad:{contract}" for ad in table.column(slot).to_pylist()], np.bool_)
    answered = np.array([k in responders for k in people.keys], np.bool_)
    return _arm(bears, answered), _arm(out & aimed_at, answered)


def _arm(who: np.ndarray[Any, np.dtype[np.bool_]], answered: np.ndarray[Any, np.dtype[np.bool_]]) -> Arm:
    return int(who.sum()), int((who & answered).sum())


def _contract(terms: Mapping[str, Any]) -> Contract:
    """As much of a frozen contract as its aim."""
    from pathlib import Path  # noqa: PLC0415 - a value here, not a type

    aim = terms["aim"]
    return Contract(
        id=terms["id"],
        advertiser="",
        panel="",
        quota=1,
        counties=frozenset(aim["counties"]),
        categories=frozenset(aim["categories"]),
        price=0,
        art=Path(),
        aim=Aim(
            frozenset(aim["counties"]),
            frozenset(aim["categories"]),
            frozenset(aim["employers"]),
            aim["age_from"],
            aim["age_to"],
            aim["retired"],
            aim["spent_from"],
        ),
    )
