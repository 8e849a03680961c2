"""Who the pieces are for, column-wise, as ads see them, and which ads each of them may get.

Each person has a mask of 64 bits: bit `a` is set when ad number `a` may stand on the piece. Persons with one
mask (and one county, where a contract is to be spread) are one class: nothing is lost, and the linear program
gets small. Source: docs/ads.md, the plan.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yibao_cli.ads.terms import sold_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    import pyarrow as pa

    from yibao_cli.ads.terms import Contract

NO_AGE = -1
RETIRED = "退休"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: the different ones, sorted ("" for none), and the number of each row's word."""

    words: tuple[str, ...]
    codes: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class People:
    """All whom a mailing goes to, in any order.

    keys: what identifies a person, the same from mailing to mailing. consent: to ads; False where not known.
    age: whole years on the day of posting, NO_AGE where not known. spent: fen in the period.
    """

    keys: tuple[str, ...]
    consent: npt.NDArray[np.bool_]
    county: Coded
    category: Coded
    employer: Coded
    age: npt.NDArray[np.int16]
    spent: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.consent)


def people_of(table: pa.Table, key: str, posting: str, *, with_keys: bool = True) -> People:
    """The people of a table of pieces or roster rows; a column it lacks is unknown to all of them.

    key: its identifying column. posting: ISO date that ages are reckoned on. with_keys: False where nobody
    asks who they are.
    """
    rows, names = table.num_rows, set(table.column_names)
    consent = np.zeros(rows, np.bool_)
    if "ads_consent" in names:
        consent = table.column("ads_consent").to_numpy().astype(object) == True  # noqa: E712 - None is no consent
    spent = np.zeros(rows, np.int64)
    if "spent" in names:
        spent = table.column("spent").fill_null(0).to_numpy().astype(np.int64)
    return People(
        keys=tuple(str(k or "") for k in table.column(key).to_pylist()) if with_keys else (),
        consent=np.asarray(consent, np.bool_),
        county=_coded(table, "county"),
        category=_coded(table, "category"),
        employer=_coded(table, "employer_no"),
        age=_ages(table, posting),
        spent=spent,
    )


def masks_of(people: People, contracts: Sequence[Contract]) -> npt.NDArray[np.uint64]:
    """Per person the ads that may stand on the piece, by consent and aim."""
    masks = _by_word(people.county, [c.counties for c in contracts])
    masks &= _by_word(people.category, [c.categories for c in contracts])
    masks &= _by_word(people.employer, [c.aim.employers for c in contracts])
    masks &= _by_retirement(people.category, contracts)
    for number, contract in enumerate(contracts):
        aim = contract.aim
        if aim.is_by_age:
            fits = people.age >= max(aim.age_from or 0, 0)
            if aim.age_to is not None:
                fits &= people.age <= aim.age_to
            masks &= ~np.where(fits, np.uint64(0), _bit(number))
        if aim.spent_from is not None:
            masks &= ~np.where(people.spent >= aim.spent_from, np.uint64(0), _bit(number))
    masks[~people.consent] = 0
    return masks


def without_capped(
    masks: npt.NDArray[np.uint64],
    people: People,
    contracts: Sequence[Contract],
    earlier: Sequence[Iterable[tuple[str, str]]],
) -> npt.NDArray[np.uint64]:
    """Masks without the ads that a person has had as often as the cap admits.

    earlier: the mailings before this one, the latest first, each as (person's key, contract id). What is made
    good is the ad of the contract that it was sold under, and counts with it.
    """
    capped: dict[str, tuple[int, int, int]] = {}
    for number, contract in enumerate(contracts):
        if contract.cap is not None:
            sold = sold_as(contract.id)
            capped[sold] = (capped.get(sold, (0,))[0] | 1 << number, *contract.cap)
    seen = Counter[tuple[str, str]]()
    for back, mailing in enumerate(earlier, start=1):
        for key, given in mailing:
            sold = sold_as(given)
            if sold in capped and back < capped[sold][2]:
                seen[key, sold] += 1
    barred: dict[str, int] = {}
    for (key, sold), had in seen.items():
        bits, times, _mailings = capped[sold]
        if had >= times:
            barred[key] = barred.get(key, 0) | bits
    if not barred:
        return masks
    taken = np.fromiter((barred.get(k, 0) for k in people.keys), np.uint64, len(people))
    return masks & ~taken


def hashes_of(keys: Iterable[str], seed: str) -> npt.NDArray[np.uint64]:
    """A keyed hash of 64 bits for each person: nothing but the seed and the key decides where one stands."""
    fresh = hashlib.blake2b(digest_size=8, key=seed.encode()[:64]).copy
    digests = []
    for key in keys:
        one = fresh()
        one.update(key.encode())
        digests.append(one.digest())
    return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64)


def held_out(hashes: npt.NDArray[np.uint64], share: float) -> npt.NDArray[np.bool_]:
    """Who is held out 留白: gets no third party's ad, so that what ads do can be measured."""
    # The low digits: the order of the assignment goes by the high ones.
    return (hashes % np.uint64(1_000_000)) < np.uint64(round(share * 1_000_000))


def _bit(number: int) -> np.uint64:
    return np.uint64(1 << number)


def _by_word(column: Coded, wanted: Sequence[frozenset[str]]) -> npt.NDArray[np.uint64]:
    free = sum(1 << n for n, words in enumerate(wanted) if not words)
    masks = [
        free | sum(1 << n for n, words in enumerate(wanted) if words and word in words)
        for word in column.words
    ]
    return np.array(masks, np.uint64)[column.codes]


def _by_retirement(column: Coded, contracts: Sequence[Contract]) -> npt.NDArray[np.uint64]:
    masks = [
        sum(1 << n for n, c in enumerate(contracts) if c.aim.retired in {None, word == RETIRED})
        for word in column.words
    ]
    return np.array(masks, np.uint64)[column.codes]


def _coded(table: pa.Table, name: str) -> Coded:
    if name not in table.column_names:
        return Coded(("",), np.zeros(table.num_rows, np.int32))
    column = table.column(name).cast("string").fill_null("").combine_chunks().dictionary_encode()
    given: list[str] = column.dictionary.to_pylist()
    order = sorted(range(len(given)), key=given.__getitem__)
    rank = np.zeros(max(len(given), 1), np.int32)
    rank[order] = np.arange(len(given), dtype=np.int32)
    codes = rank[column.indices.to_numpy(zero_copy_only=False)]
    return Coded(tuple(given[i] for i in order) or ("",), codes)


def _ages(table: pa.Table, posting: str) -> npt.NDArray[np.int16]:
    """Whole years on the day of posting, from ISO dates of birth."""
    if "birth_date" not in table.column_names:
        return np.full(table.num_rows, NO_AGE, np.int16)
    born = _coded(table, "birth_date")
    ages = np.array([age_on(day, posting) for day in born.words], np.int16)
    return ages[born.codes]


def age_on(born: str, day: str) -> int:
    """Whole years of somebody born on an ISO day; NO_AGE where it is no date or lies ahead."""
    if len(born) != len("2026-01-01") or born > day:
        return NO_AGE
    return int(day[:4]) - int(born[:4]) - (day[5:] < born[5:])


def class_codes(*columns: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number the different combinations of some columns in sorted order.

    Returns the first row of each combination, and the number of each row's.
    """
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        _values, codes = np.unique(column, return_inverse=True)
        number = number * (int(codes.max(initial=0)) + 1) + codes
    _found, first, codes = np.unique(number, return_index=True, return_inverse=True)
    return first.astype(np.int64), codes.astype(np.int64)
