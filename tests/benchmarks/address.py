"""Score the address parser on the project's own labelled set: `make bench-address`.

The set is tests/benchmarks/addresses/*.tsv, written and labelled for this project; no line of it is taken from
a data set or names a real person. A line has four columns:

    class   division   verdict   text

division: the finest division the text names, as `county`, `prefecture/county`, `county=prefecture` or a
prefecture or province; `-` for none; `?name` or `?prefecture/name` for a name that several counties bear
today. verdict: g(ood), d(oubtful) or b(ad). In the text `<r中山路>` marks a field, whose expected value is
the text in its one form (NFKC, without blanks) or what stands before a bar: `<r=中山路|中山路>`. Fields: t
town, v village, g group, r road, n number, p place, b building, u unit, f floor, m room.

    python tests/benchmarks/address.py            the table
    python tests/benchmarks/address.py -v CLASS   the lines of a class that fail, with what was read
    python tests/benchmarks/address.py FILE.csv   also the divisions of a file with columns address, province,
                                            city and county
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
import unicodedata
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from measure import Clock, peak_memory

from yibao_cli.address import examine, parse, postcode_table
from yibao_cli.address.divisions import gazetteer
from yibao_cli.address.parsing import names_of

SET = Path(__file__).parent / "addresses"
FIELDS = {"t": "town", "v": "village", "g": "group", "r": "road", "n": "road_no", "p": "poi",
          "b": "building", "u": "unit", "f": "floor", "m": "room"}  # fmt: skip
UPPER = ("province", "city", "county")
VERDICTS = {"g": "good", "d": "doubtful", "b": "bad"}
MARK = re.compile(r"<([a-z])(?:=([^|<>]*)\|)?([^<>]*)>")
TURNS = 3
AT_ONCE = 200  # addresses between two looks at the clock
ROADS = [
    "人民路",
    "解放大道",
    "中山西路",
    "建设街",
    "和平北路",
    "文化巷",
    "滨河路",
    "新华东街",
    "青年路",
    "迎宾大道",
]
ESTATES = ["阳光小区", "锦绣花园", "世纪城", "教师公寓", "紫荆苑", "汇景新城", "水岸名都", "电力宿舍"]


class Line(NamedTuple):
    kind: str
    text: str
    fields: dict
    verdict: str


def load(folder=SET):
    lines = []
    for path in sorted(folder.glob("*.tsv")):
        for number, row in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if row:
                try:
                    lines.append(_line(row))
                except (ValueError, KeyError) as error:
                    sys.exit(f"{path.name}:{number}: {error!r}")
    return lines


def _line(row):
    kind, division, verdict, marked = row.split("\t", 3)
    fields = dict(zip(UPPER, _upper(division), strict=True))
    for letter, value, shown in MARK.findall(marked):
        fields[FIELDS[letter]] = re.sub(r"\s", "", unicodedata.normalize("NFKC", value or shown))
    return Line(kind, MARK.sub(lambda m: m[3], marked), fields, VERDICTS[verdict])


def _upper(division):
    if division == "-":
        return "", "", ""
    if division.startswith("?"):
        above, _slash, name = division[1:].rpartition("/")
        return (*(_upper(above)[:2] if above else ("", "")), name)
    name, _equals, above = division.partition("=")
    if "/" in name:
        above, _slash, name = name.partition("/")
    known = gazetteer().by_code
    found = [d for d in known.values() if d.name == name]
    found = [d for d in found if not above or above in tuple(names_of(d))[:2]]
    if len(found) > 1:
        found = [d for d in found if d.level == max(f.level for f in found)]
    if len(found) != 1:
        raise ValueError(f"{division}: {[d.code for d in found]}")
    return tuple(names_of(found[0]))


def score(lines):
    """Per class: rows, divisions right, whole address right, verdict right; per field tp, fp, fn."""
    classes, fields, verdicts, wrong = (
        defaultdict(Counter),
        defaultdict(Counter),
        Counter(),
        defaultdict(list),
    )
    for line in lines:
        address, verdict = examine(line.text)
        read = {f: getattr(address, f) for f in (*UPPER, *FIELDS.values())}
        bad = {f: (line.fields.get(f, ""), v) for f, v in read.items() if v != line.fields.get(f, "")}
        for name, value in read.items():
            gold = line.fields.get(name, "")
            fields[name]["tp"] += bool(value and value == gold)
            fields[name]["fp"] += bool(value and value != gold)
            fields[name]["fn"] += bool(gold and value != gold)
        upper = not any(f in bad for f in UPPER)
        classes[line.kind].update(rows=1, upper=upper, whole=not bad, verdict=verdict.verdict == line.verdict)
        verdicts[line.verdict, verdict.verdict] += 1
        if bad or verdict.verdict != line.verdict:
            wrong[line.kind].append((line.text, bad, line.verdict, verdict.verdict, verdict.rule_ids))
    return classes, fields, verdicts, wrong


def f1(counts):
    return 200 * counts["tp"] / max(1, 2 * counts["tp"] + counts["fp"] + counts["fn"])


def speed(lines):
    """Different addresses per processor second, best of three turns; the first pays for cold memories."""
    texts = [line.text for line in lines if line.verdict == "good"]
    many = [f"{t}{i}室" for i in range(40) for t in texts]
    rates = []
    for turn in range(TURNS):
        clock = Clock()
        for text in many:
            parse(text + str(turn))
        rates.append(len(many) / clock.cpu)
    return max(rates)


def nationwide():
    """Different addresses per processor second, each once, best of three turns, and the machine's pace then.

    The pace, measured between the addresses, goes up and down with the machine as the parser does: where
    it differs between two runs, compare the quotients.
    """
    best = (0.0, 0.0)
    for turn in range(TURNS):
        texts = _nationwide(turn)
        parsing = pacing = 0.0
        for at in range(0, len(texts), AT_ONCE):
            clock = Clock()
            for text in texts[at : at + AT_ONCE]:
                parse(text)
            parsing += clock.cpu
            clock = Clock()
            _pace(texts[at : at + AT_ONCE])
            pacing += clock.cpu
        best = max(best, (len(texts) / parsing, len(texts) / pacing))
    return best


def _pace(texts):
    """Work of a parser's sort that no change of ours touches: slices, looks into a dictionary, a pattern."""
    seen = {text[:4]: text for text in texts}
    for text in texts:
        for at in range(12):
            seen.get(text[at : at + 4])
            MARK.match(text, at)


def _nationwide(turn):
    """Five townships of every county, in random order, with a door each; other doors in each turn."""
    known = gazetteer()
    dice = random.Random(20261122 + turn)
    texts = []
    for code, listed in sorted(known.towns.items()):
        upper = names_of(known.by_code[code])
        city = "" if upper.city == upper.province else upper.city
        for town in dice.sample(listed.split(" "), min(5, listed.count(" ") + 1)):
            province = dice.choice((upper.province, "")) if city else upper.province
            doors = f"{dice.randint(1, 40)}幢{dice.randint(1, 6)}单元{dice.randint(101, 3304)}室"
            place = dice.choice(ROADS) + f"{dice.randint(1, 2000)}号" + dice.choice(ESTATES)
            texts.append(f"{province}{city}{upper.county}{town[3:]}{place}{doors}")
    dice.shuffle(texts)
    return texts


def against(path):
    """Divisions of a file that gives them: exact, wrong and not found, where the text names the county."""
    counts = Counter()
    with Path(path).open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    clock = Clock()
    for row in rows:
        stem = re.sub(r"[省市县区旗盟州]$", "", row["county"])
        address = parse(row["address"])
        if stem[:2] not in row["address"]:
            continue
        gold = tuple(row[c] for c in UPPER)
        read = (address.province, address.city or address.county, address.county or address.city)
        counts["rows"] += 1
        counts["exact" if read == gold else "none" if not address.county else "wrong"] += 1
    print(
        f"\n{path}: {counts['rows']:,} addresses that name their county, {len(rows) / clock.cpu:,.0f}/CPU-s"
    )
    for what in ("exact", "wrong", "none"):
        print(f"  {what:6} {100 * counts[what] / counts['rows']:6.2f} %")
    if "postcode" in rows[0]:
        _postcodes(rows)


def _postcodes(rows):
    """A table of four postcodes in five; what it says of the fifth, rightly and wrongly placed."""
    held_out = [r for r in rows if zlib.crc32(r["postcode"].encode()) % 5 == 0]
    table = postcode_table(
        tuple(r[c] for c in ("postcode", *UPPER)) for r in rows if zlib.crc32(r["postcode"].encode()) % 5
    )
    codes = [_code(r) for r in held_out]
    placed = [(r["postcode"], c) for r, c in zip(held_out, codes, strict=True) if c]
    if not placed:
        return
    answers = Counter(table.check(p, c).answer for p, c in placed)
    shifted = zip(placed, placed[1:] + placed[:1], strict=True)
    apart = [table.check(p, d).answer for (p, c), (_q, d) in shifted if c[:4] != d[:4]]
    print(f"  postcodes: table of {table.counties:,} counties; {len(placed):,} held out:"
          f" {100 * answers['other'] / len(placed):.2f} % false alarms,"
          f" {100 * answers['unknown'] / len(placed):.2f} % not told;"
          f" of another prefecture {100 * apart.count('other') / len(apart):.2f} % caught")  # fmt: skip


def _code(row):
    upper = "" if row["city"] in {row["province"], row["county"]} else row["city"]
    address = parse(f"{row['province']}{upper}{row['county']}")
    return address.division_code if address.level == "county" else ""


def main(arguments):
    started = time.process_time()
    gazetteer()
    print(f"divisions loaded in {time.process_time() - started:.2f} CPU-s")
    lines = load()
    classes, fields, verdicts, wrong = score(lines)
    if arguments[:1] == ["-v"]:
        for kind in sorted(wrong):
            if not arguments[1:] or kind.startswith(arguments[1]):
                for text, bad, gold, got, rules in wrong[kind]:
                    print(kind, text, "|", *(f"{f}: {g!r} read {r!r};" for f, (g, r) in bad.items()),
                          "" if gold == got else f"VERDICT {gold} -> {got} {rules}")  # fmt: skip
        return
    print(f"\n{'class':16}{'rows':>6}{'divisions':>11}{'whole':>8}{'verdict':>9}")
    total = Counter()
    for kind, c in sorted(classes.items()):
        total.update(c)
        print(
            f"{kind:16}{c['rows']:6}{_share(c, 'upper'):>11}{_share(c, 'whole'):>8}{_share(c, 'verdict'):>9}"
        )
    print(f"{'all':16}{total['rows']:6}{_share(total, 'upper'):>11}{_share(total, 'whole'):>8}"
          f"{_share(total, 'verdict'):>9}")  # fmt: skip
    print(f"\n{'field':16}{'gold':>6}{'F1':>11}")
    micro = Counter()
    for name, c in fields.items():
        micro.update(c)
        print(f"{name:16}{c['tp'] + c['fn']:6}{f1(c):11.1f}")
    print(f"{'micro':16}{micro['tp'] + micro['fn']:6}{f1(micro):11.1f}")
    print("\ncalled \\ is        good doubtful      bad")
    for called in VERDICTS.values():
        row = [verdicts[is_, called] for is_ in VERDICTS.values()]
        print(f"{called:16}" + "".join(f"{n:9}" for n in row))
    once, pace = nationwide()
    print(f"\n{speed(lines):,.0f} addresses/CPU-s parsed, {once:,.0f} of the whole country once each"
          f" (pace of the machine then {pace:,.0f}); peak memory {peak_memory():,.0f} MB")  # fmt: skip
    for path in arguments:
        against(path)


def _share(counts, what):
    return f"{100 * counts[what] / counts['rows']:.1f}"


if __name__ == "__main__":
    main(sys.argv[1:])
