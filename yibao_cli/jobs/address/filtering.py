"""Addresses as a filter: one a line in, one JSON object a line out, in the same order."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from yibao_cli.address import Address, examine, postcode_table
from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from yibao_cli.address import PostcodeTable

_BATCH = 2_000  # lines
_AHEAD = 2  # batches that wait for each worker: the reader stops when they are full
_LONGEST = 1 << 16  # bytes of a line; what follows is left out, and the address is flagged too-long
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_COLUMNS = ("postcode", "province", "city", "county")


def parse_lines(
    source: str, workers: int = 1, *, stream: bool = False, postcodes: Path | None = None
) -> None:
    """Parse every line of a file, or of stdin (`-`), to stdout, in order.

    workers: processes; 0 one a processor. Batches of lines go to them; no more are read than two batches a
      worker ahead of what is written, so memory does not grow with the input.
    stream: write each answer as soon as its line has come, in this process: for a pipeline that asks and
      waits.
    postcodes: a csv with columns postcode, province, city, county, against which postcodes are checked.
    Raises InputNotFound, InputRefused.
    """
    table = read_postcodes(postcodes) if postcodes is not None else None
    if source == "-":
        _filter(sys.stdin.buffer, workers, table, stream=stream)
        return
    try:
        with Path(source).open("rb") as opened:
            _filter(opened, workers, table, stream=stream)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputNotFound(
            _("there is no such file"), where=source, remedy=_("check the name and the folder")
        ) from error


def answer(line: str, table: PostcodeTable | None = None) -> str:
    """One JSON object about one address: the fields of `Address`, verdict, rule ids and why in words."""
    address, verdict = examine(line, table=table)
    record: dict[str, object] = dict(zip(Address._fields, address, strict=True))
    record["verdict"] = verdict.verdict
    record["reasons"] = verdict.rule_ids
    record["why"] = [reason.message() for reason in verdict.reasons]
    return _ENCODE(record)


def read_postcodes(path: Path) -> PostcodeTable:
    """A table of postcodes from a csv in UTF-8 with columns postcode, province, city, county."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if not set(_COLUMNS) <= set(rows.fieldnames or ()):
                raise InputRefused(
                    _("columns are missing: {names}").format(names=", ".join(_COLUMNS)),
                    where=path.name,
                    remedy=_("give the columns these names, in the first line"),
                )
            return postcode_table(
                (row["postcode"] or "", row["province"] or "", row["city"] or "", row["county"] or "")
                for row in rows
            )
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputRefused(
            _("the file is not a csv in UTF-8"), where=path.name, remedy=_("save it as CSV UTF-8")
        ) from error
    except OSError as error:
        raise InputNotFound(
            _("there is no such file"), where=str(path), remedy=_("check the name and the folder")
        ) from error


def _filter(source: IO[bytes], workers: int, table: PostcodeTable | None, *, stream: bool) -> None:
    lines = _lines(source)
    if stream:
        for line in lines:
            sys.stdout.write(answer(line, table) + "\n")
            sys.stdout.flush()
        return
    workers = workers or os.cpu_count() or 1
    batches = iter(lambda: list(islice(lines, _BATCH)), [])
    written = _in_workers(batches, workers, table) if workers > 1 else (_batch(b, table) for b in batches)
    for text in written:
        sys.stdout.write(text)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    # Bytes that are no UTF-8 become a visible replacement, and the address its verdict.
    while line := stream.readline(_LONGEST):
        rest = line
        while not rest.endswith(b"\n") and len(rest) == _LONGEST:
            rest = stream.readline(_LONGEST)
        yield line.decode("utf-8-sig", "replace").rstrip("\r\n")


def _batch(lines: Iterable[str], table: PostcodeTable | None = None) -> str:
    table = _shared[0] if table is None and _shared else table
    return "".join(answer(line, table) + "\n" for line in lines)


# The table, once in each worker process.
_shared: list[PostcodeTable] = []


def _share(table: PostcodeTable | None) -> None:
    if table is not None:
        _shared.append(table)


def _in_workers(batches: Iterable[list[str]], workers: int, table: PostcodeTable | None) -> Iterator[str]:
    waiting: deque[tuple[list[str], Future[str]]] = deque()
    with ProcessPoolExecutor(workers, initializer=_share, initargs=(table,)) as pool:
        for batch in batches:
            waiting.append((batch, pool.submit(_batch, batch)))
            if len(waiting) >= workers * _AHEAD:
                yield _done(*waiting.popleft(), table)
        while waiting:
            yield _done(*waiting.popleft(), table)


def _done(batch: list[str], future: Future[str], table: PostcodeTable | None) -> str:
    # Parsing is pure: what a killed worker took with it is parsed here.
    try:
        return future.result()
    except BrokenProcessPool:
        return _batch(batch, table)
