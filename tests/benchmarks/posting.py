"""An invented sorted mailing of any size as a package, and the papers of its posting, timed."""

# ruff: noqa: PLC0415 - each benchmark loads what it measures and nothing else

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
from measure import Clock, peak_memory

MAILING, DAY, CLIENT = "2026Q3", "2026-10-08", "石家庄市医疗保险中心"
PART = 1_000
COUNTIES = [
    *("长安区", "桥西区", "新华区", "裕华区", "藁城区", "鹿泉区", "栾城区"),
    *("井陉县", "正定县", "行唐县", "灵寿县", "高邑县", "辛集市"),
]
BUNDLE, BAG = 80, 1_600  # pieces


def papers(folder, pieces):  # noqa: PLR0915 - one step after the other, as the job does them
    """List, label, bill and export a sorted mailing; yields rows of (what, figure)."""
    from yibao_cli.config import shipped
    from yibao_cli.jobs.mailing.listfiles import ListOrder, write_lists
    from yibao_cli.jobs.mailing.listing import narrow_pieces
    from yibao_cli.jobs.mailing.postpapers import write_papers
    from yibao_cli.kinds.labels import load_label_sheet
    from yibao_cli.kinds.page import FontPlan
    from yibao_cli.kinds.sorting import load_schemes
    from yibao_cli.mailing.containers import sorted_containers
    from yibao_cli.mailing.exceptions import Absent
    from yibao_cli.mailing.jobfile import Job, Part, check_jobfile, write_jobfile
    from yibao_cli.mailing.labels import bag_tags, bundle_labels
    from yibao_cli.mailing.manifest import DATA_ROWS, Totals
    from yibao_cli.mailing.posting import PostingInfo
    from yibao_cli.mailing.statement import county_totals, weight_steps
    from yibao_cli.mailing.tariff import Locality, Terms, load_tariff, postage
    from yibao_cli.render.faces import font_set
    from yibao_cli.render.labels import write_labels
    from yibao_cli.store.packages import open_package

    mailing_folder = folder / "mailing"
    freeze(mailing_folder, pieces)
    package = open_package(mailing_folder, MAILING)
    target = folder / "papers"
    target.mkdir()
    (target / "jobfile").mkdir()
    whole = Clock()
    spent = {}
    clock = Clock()

    def lap(name):
        nonlocal clock
        spent[name] = clock.wall
        clock = Clock()

    tariff = load_tariff(shipped("templates") / "common" / "tariff.toml")
    terms = Terms("letter-sheet", DAY, Locality.of_client("050011"), Decimal("8.28"))
    narrow = narrow_pieces(package)
    found = sorted_containers(narrow)
    narrow["local"] = terms.locality.covers(narrow)
    narrow["price"] = postage(narrow, tariff, terms)
    narrow["step"] = pd.Categorical(weight_steps(narrow["weight_mg"], tariff.rate("letter-sheet", DAY)))
    lap("count and price")
    info = PostingInfo(MAILING, CLIENT, "6号三折邮简", "邮简", DAY)
    scheme = load_schemes(shipped("templates") / "common" / "sorting.toml")["china-letter"]
    fonts = font_set(FontPlan())
    write_papers(target, narrow, (found, scheme), (info, Absent(0, 0, [], {}), fonts))
    lap("statement and reports")
    parts = [Part(p.part, "", "", p.pieces, p.pages, p.first, p.last) for p in package.manifest.parts]
    job = Job(MAILING, "medical", info.product, CLIENT, scheme.id, "邮简", DAY, "")
    write_jobfile(target / "jobfile", job, parts, found, narrow)
    assert not check_jobfile(target / "jobfile")
    lap("job file, written and read back")
    sheet = load_label_sheet(shipped("templates"), "a4-2x4")
    about = (MAILING, CLIENT, DAY)
    write_labels(target / "bundles.pdf", bundle_labels(found, scheme, about), sheet, fonts, "bundles")
    write_labels(target / "bags.pdf", bag_tags(found, scheme, about), sheet, fonts, "bags")
    lap(f"labels of {len(found.bundles):,} bundles, {len(found.bags):,} bags")
    by_part = narrow.groupby("part").agg(pieces=("price", "size"), amount=("price", "sum")).reset_index()
    totals = Totals(county_totals(narrow), found.bags, by_part)
    del narrow
    order = ListOrder(mailing_folder, target, info, tariff, terms, totals, FontPlan(), DATA_ROWS)
    listed = write_lists(order)
    assert {one.pieces for one in listed} == {pieces}
    lap("posting list as xlsx, csv and PDF")
    yield f"papers of {pieces:,} pieces", f"{whole.wall:,.1f} s ({whole.cpu:,.1f} CPU-s)"
    for what, seconds in spent.items():
        yield f"  {what}", f"{seconds:,.1f} s"
    yield "  peak memory of one process", f"{peak_memory():,.0f} MB"


def freeze(mailing_folder, pieces):
    """A package with what papers read of it."""
    from yibao_cli.codes import piece_number
    from yibao_cli.config import shipped
    from yibao_cli.kinds import load_kind, load_product
    from yibao_cli.store.packages import PackageWriter

    writer = PackageWriter(mailing_folder / "package")
    kind = load_kind(shipped("templates"), "medical")
    writer.add_kind(kind, load_product(shipped("templates"), kind.product), {})
    per_county = -(-pieces // len(COUNTIES))
    for start in range(0, pieces, PART):
        n = np.arange(start, min(start + PART, pieces))
        county = [COUNTIES[i // per_county] for i in n]
        frame = {
            "piece": [piece_number(int(i) + 1) for i in n],
            "position": pa.array(n + 1),
            "part": pa.array(n // PART + 1, pa.int32()),
            "pages": pa.array(np.full(len(n), 2)),
            "bundle": pa.array(n // BUNDLE + 1, pa.int32()),
            "bag": pa.array(n // BAG + 1, pa.int32()),
            "level": ["office"] * len(n),
            "destination": [f"05{i // BUNDLE % 100:02d}{i // per_county:02d}" for i in n],
            "bag_level": ["county-post"] * len(n),
            "bag_destination": [f"05{i // per_county:02d}" for i in n],
            "walk": [f"{i // 40 % 900:03d}" for i in n],
            "office": [f"05{i // per_county:02d}11" for i in n],
            "weight_mg": pa.array(np.full(len(n), 8280), pa.int32()),
            "thickness_um": pa.array(np.full(len(n), 375), pa.int32()),
            "postcode": [f"05{i // per_county:02d}11" for i in n],
            "county": county,
            "name": [f"{'张王李赵陈'[i % 5]}{'秀英建国小明'[i % 6]}{'华芳伟'[i % 3]}" for i in n],
            "employer_no": [f"D{i // 170:05d}" for i in n],
            "employer_name": [f"石家庄第{i // 170}机械制造有限公司" for i in n],
            "address": [
                f"河北省石家庄市{c}建设北大街{i % 400}号阳光花园{i % 30}号楼{i % 5}单元{i % 1800}室"
                for c, i in zip(county, n, strict=True)
            ],
        }
        writer.add_part(pa.table(frame), pa.table({"row_id": pa.array([], pa.int64())}))
    counts = {"roster_rows": pieces, "pieces": pieces, "held": 0, "unselected": 0, "rejected": 0}
    facts = {"counts": counts, "totals": {}, "inputs": (), "ads": {}, "quotas": {}, "sorting": {}}
    writer.finish(MAILING, kind.id, facts)
