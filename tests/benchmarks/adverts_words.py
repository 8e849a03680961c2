"""Learn what refused ads sound like (templates/common/compliance-words.tsv), and measure the check of ads.

.venv/bin/python tests/benchmarks/adverts_words.py          writes the file anew from all labelled lists
make bench B="adwords"                                each list read by what the others taught
"""

# ruff: noqa: PLC0415 - each benchmark loads what it measures and nothing else

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "templates/common/compliance-words.tsv"
LAW = ROOT / "templates/common/compliance.toml"
LISTS = {
    "first": ROOT / "tests/ads/labelled_ads.txt",
    "second": ROOT / "tests/ads/fresh_ads.txt",
    **{p.stem: p for p in sorted((ROOT / "tests/benchmarks/adverts").glob("*.txt"))},
}
_RARE = 2  # a piece that fewer ads have teaches nothing
_FAINT = 10  # thousandths that are not worth a line
_CALM = 0.3  # ridge penalty
_STEPS, _STRIDE = 400, 0.05


def labelled(path):
    """The ads of a list: trade, whether it must be refused, words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split("|", 2) for line in lines if line and not line.startswith("#"))
    return [(trade, label != "ok", words) for trade, label, words in rows]


def learned(law, rows):
    """Weights in thousandths by ridge logistic regression over the pieces of labelled ads."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import numpy as np

    from yibao_cli.ads.reading import BIAS, pieces

    read = [pieces(law.trade_of(trade).id, law.heard(words)) for trade, _bad, words in rows]
    counts = Counter(p for one in read for p in one)
    known = {p: n for n, p in enumerate(sorted(p for p, c in counts.items() if c >= _RARE))}
    x = np.zeros((len(rows), len(known) + 1), np.float32)
    for row, one in enumerate(read):
        mine = [known[p] for p in one if p in known]
        x[row, mine] = 1 / max(len(mine), 1) ** 0.5
    x[:, -1] = BIAS
    y = np.array([bad for _t, bad, _w in rows], np.float32)
    w = np.zeros(x.shape[1], np.float32)
    for _step in range(_STEPS):
        w -= _STRIDE * (x.T @ (1 / (1 + np.exp(-(x @ w))) - y) + _CALM * w)
    weights = {p: round(float(w[n]) * 1000) for p, n in known.items()}
    return {p: v for p, v in weights.items() if abs(v) >= _FAINT} | {"": round(float(w[-1]) * 1000)}


def adwords(_folder):
    """Recall and precision of `ads check --text` on each labelled list, its reader taught by the others."""
    from yibao_cli.ads.compliance import load_law
    from yibao_cli.ads.trades import AdText

    law = load_law(LAW)
    lists = {name: labelled(path) for name, path in LISTS.items()}
    for name, rows in lists.items():
        others = [row for other, more in lists.items() if other != name for row in more]
        taught = law.reader.model_copy(update={"weights": learned(law, others)})
        unseen = law.model_copy(update={"reader": taught})
        for what, one in (("", unseen), (", patterns alone", law.model_copy(update={"reader": None}))):
            found = Counter(
                (
                    bad,
                    any(
                        h.rule in {"C146", "C148", "C149"}
                        for h in [*one.hits(AdText(t, w)), *one.demands(AdText(t, w), "", "")]
                    ),
                )
                for t, bad, w in rows
            )
            hit, miss, false = found[True, True], found[True, False], found[False, True]
            yield (
                f"{name}: {len(rows)} ads{what}",
                f"recall {hit / (hit + miss):.3f}, precision {hit / (hit + false):.3f}",
            )


def main():
    """Write the file of weights."""
    from yibao_cli.ads.compliance import load_law

    law = load_law(LAW)
    weights = learned(law, [row for path in LISTS.values() for row in labelled(path)])
    head = "# Pieces of ads and what they speak for, in thousandths: above 0 for refused, below for lawful.\n"
    head += "# Learned by tests/benchmarks/adverts_words.py from the labelled lists, not written by hand;\n"
    head += "# the line without a piece is the bias.\n"
    lines = (f"{piece}\t{weight}\n" for piece, weight in sorted(weights.items()))
    WORDS.write_text(head + "".join(lines), encoding="utf-8")
    print(f"{len(weights)} pieces, {WORDS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
