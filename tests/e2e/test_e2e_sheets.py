"""A mailing on as many sheets as its lines need, in window envelopes: the whole chain, once."""

from __future__ import annotations

import json

import pikepdf
import pyarrow.parquet as pq
from e2e_chain import TABLES, made, pdfs


def test_a_mailing_in_window_envelopes_goes_the_whole_way(call, at):
    workspace = at("new")
    settings = workspace / "yibao.toml"
    words = settings.read_text(encoding="utf-8")
    assert 'kind = "medical"' in words
    settings.write_text(words.replace('kind = "medical"', 'kind = "medical-dl"'), encoding="utf-8")

    for table in TABLES:
        assert call("-w", workspace, "import", table, workspace / "inbox" / f"{table}.xlsx").code in {0, 3}
    codes = [
        call("-w", workspace, *step).code
        for step in (["address", "clean"], ["merge"], ["render", "--workers", "1"])
    ]
    verified = call("-w", workspace, "verify", "--workers", "1")
    listed = call("-w", workspace, "manifest")

    assert set(codes) <= {0, 3}
    assert verified.code == 0
    assert "0 differences" in verified.err
    assert listed.code == 0
    assert (
        pages_of(workspace) == sum(frozen_pages(workspace)) == sum(part["pages"] for part in parts(workspace))
    )


def pages_of(workspace):
    """Pages of all print files."""
    found = 0
    for path in pdfs(workspace):
        with pikepdf.open(path) as pdf:
            found += len(pdf.pages)
    return found


def frozen_pages(workspace):
    """Pages of each piece, as the package says."""
    files = sorted((made(workspace) / "package").glob("pieces-*.parquet"))
    pages = [p for path in files for p in pq.read_table(path, columns=["pages"])["pages"].to_pylist()]
    assert all(p % 2 == 0 and 2 <= p <= 12 for p in pages)
    return pages


def parts(workspace):
    return json.loads((made(workspace) / "package" / "package.json").read_text(encoding="utf-8"))["parts"]
