"""Hold a mailing's ads against the law, and keep what a second person said about them."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.ads.compliance import READER, Law, load_law
from yibao_cli.ads.contracts import about
from yibao_cli.ads.showing import number_unseen
from yibao_cli.ads.trades import AdText, Hit
from yibao_cli.config import shipped
from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adstext import lines_of
from yibao_cli.jobs.ads.adswords import wording_of
from yibao_cli.rules import RULES
from yibao_cli.store import audit
from yibao_cli.store.contracts import Approval, add_approval, approvals
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from yibao_cli.ads.showing import Wording
    from yibao_cli.ads.terms import Contract
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.model import Finding

RULES_FILE = "compliance.toml"
# The body that sends the statements must not seem to stand behind an ad.
_CLIENT_ARTICLE = "广告法第九条第（二）项"
_RELEASABLE = frozenset({"C147", "C148", "C149", "C150", "C164", "C165"})


def law_of(folder: Path | None) -> Law:
    """The rules of a workspace, or those shipped."""
    own = folder / RULES_FILE if folder is not None else None
    common = shipped("templates") / "common"
    return load_law(own if own is not None and own.is_file() else common / RULES_FILE, common)


def judge_lawful(
    workspace: Workspace, mailing: str, contracts: Sequence[Contract]
) -> tuple[list[Contract], list[Finding]]:
    """Keep the contracts whose ads may print by the law and by approval; a finding for each doubt."""
    law = law_of(workspace.folder)
    with workspace.reading() as connection:
        given = approvals(connection)
    settings = workspace.mailing(mailing)
    last = date.fromisoformat(settings.posting) + timedelta(days=workspace.settings.promise.window_days)
    kept: list[Contract] = []
    findings: list[Finding] = []
    for contract in contracts:
        wording = wording_of(contract)
        ad = _ad(contract, wording)
        hits = _said(law, ad, wording) + law.demands(ad, settings.posting, last.isoformat())
        hits += law.mistaken(ad)
        hits += filter(None, [number_unseen(law.trade_of(ad.trade), ad, wording)])
        if _names(law, workspace.settings.client.name, ad, wording):
            hits = [hit for hit in hits if hit.law != READER]  # which asks only where nothing is found
            hits.append(Hit("C148", workspace.settings.client.name, _CLIENT_ARTICLE, "client"))
        found, blocks = _released((contract, wording), hits, given.get(contract.id, []), last.isoformat())
        found += _approval(contract, given.get(contract.id, []), workspace.settings.ads.second_person)
        findings += found
        strict = workspace.settings.ads.second_person
        if not blocks and not any(f.rule_id == "C152" or (strict and f.rule_id == "C151") for f in found):
            kept.append(contract)
    return kept, findings


def _ad(contract: Contract, wording: Wording) -> AdText:
    words = "。".join(filter(None, [contract.title, wording.known]))
    return AdText(contract.trade, words, contract.approval_no, contract.approval_day)


def _said(law: Law, ad: AdText, wording: Wording) -> list[Hit]:
    """What the words say and must not: those of the list, and those of an artwork that says more."""
    hits = law.hits(ad)
    if not (wording.said and wording.printed):
        return hits
    # Lines of an artwork come without their order, so only what is forbidden anywhere counts in them.
    more = [hit for hit in law.hits(AdText(ad.trade, wording.printed)) if hit.rule == "C148"]
    return hits + [hit for hit in more if hit.law not in {h.law for h in hits}]


def _names(law: Law, client: str, ad: AdText, wording: Wording) -> bool:
    """Whether an ad names the body that sends the statements."""
    name = law.folded(client)
    return bool(name) and any(name in law.folded(words) for words in (ad.words, wording.printed))


def _released(
    ad: tuple[Contract, Wording], hits: Iterable[Hit], given: Sequence[Approval], last: str
) -> tuple[list[Finding], bool]:
    """Findings of the law, those released as notes; and whether one of them keeps the ad out."""
    contract, wording = ad
    mark = fingerprint(contract)
    released = {a.rule: a for a in given if a.rule and a.fingerprint == mark}
    found: list[Finding] = []
    blocks = False
    if not wording.known:
        # A title alone cannot lack a sentence.
        hits = [Hit("C150", "", "", ""), *(hit for hit in hits if hit.rule != "C147")]
    for hit in hits:
        if hit.rule in released:
            word = released[hit.rule]
            found.append(about("C153", contract, rule=hit.rule, who=word.operator, why=word.why))
            continue
        details = dict.fromkeys(("what", "until", "number"), hit.what)
        details |= {"article": hit.article, "last": last}
        found.append(about(hit.rule, contract, **details))
        blocks |= RULES[hit.rule].severity == "reject"
    return found, blocks


def _approval(contract: Contract, given: Sequence[Approval], strict: bool) -> list[Finding]:
    whole = [a for a in given if not a.rule]
    if not whole:
        return [about("C151", contract)] if strict else []
    return [] if whole[-1].fingerprint == fingerprint(contract) else [about("C152", contract)]


def fingerprint(contract: Contract) -> str:
    """What an approval speaks of: artwork, words, number and its day; another of any is another ad."""
    art = sha256_of(contract.art) if contract.art.is_file() else ""
    facts = [contract.id, contract.trade, contract.title, contract.copy, contract.approval_no, art]
    # The day on the certificate says until when the number holds good.
    facts += filter(None, [contract.approval_day])
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of words found; `number`: line of the input, from 1."""

    number: int
    hit: Hit


def check_lines(lines: Iterable[str], trade: str, day: str, folder: Path | None = None) -> list[Checked]:
    """Check ads given as lines `trade<TAB>words`, or words alone of one trade; needs no workspace.

    day: ISO day on which an approval number that the words show must hold good.
    """
    law = law_of(folder)
    found: list[Checked] = []
    for number, line in enumerate(lines, start=1):
        given, tab, words = line.rstrip("\n").partition("\t")
        ad = AdText(given, words) if tab else AdText(trade, given)
        found += [Checked(number, hit) for hit in law.told_by_words(ad, day)]
    return found


def check_words_of(source: str, trade: str, day: str, folder: Path | None = None) -> list[Checked]:
    """Check the ads in a UTF-8 file, or on stdin (`-`): one a line, `trade<TAB>words` or words alone."""
    lines = sys.stdin if source == "-" else lines_of(Path(source))
    return check_lines(lines, trade, day, folder)


def approve(
    workspace: Workspace, contract: Contract, importers: Collection[str], rule: str = "", why: str = ""
) -> Approval:
    """Record that a second person approves an ad, or releases a finding about it.

    importers: who imported the contract; none of them can approve it. Raises UsageError for that, for a
    rule that cannot be released, and for a release without a reason.
    """
    who = audit.operator()
    if who in importers:
        raise UsageError(
            _("who imported a contract cannot approve its ad"),
            remedy=_("let another person run this command"),
        )
    if rule and rule not in _RELEASABLE:
        raise UsageError(
            _("{rule} cannot be released").format(rule=rule),
            remedy=_("these can: {rules}").format(rules=", ".join(sorted(_RELEASABLE))),
        )
    if rule and not why.strip():
        raise UsageError(_("a release needs a reason"), remedy=_("give it with --why"))
    approval = Approval(contract.id, fingerprint(contract), rule, why.strip(), who, workspace.stamp)
    with workspace.engine.begin() as connection:
        add_approval(connection, approval)
        facts = {"contract": contract.id, "ad": approval.fingerprint, "rule": rule, "why": approval.why}
        audit.record(connection, at=workspace.stamp, command="ads approve", mailing="", facts=facts)
    return approval
