"""The pages written by hand name every key, and what they tell the reader to type exists."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from docs_builders import (
    READMES,
    ROOT,
    anchors,
    hand_and_generated_pages,
    keys_in,
    links,
    read,
    section,
    shell_lines,
    without_code,
)
from PIL import Image

from yibao_cli.config import MailingSettings, Settings, shipped
from yibao_cli.errors import ExitCode
from yibao_cli.kinds import geometry, kind, product
from yibao_cli.kinds.fields import FieldSpec, FieldType, TableSpec
from yibao_cli.kinds.sources import PAGE_FIELDS
from yibao_cli.kinds.texts import FILTERS
from yibao_cli.mailing.tariff import Band, Rate

PAGES = [p.relative_to(ROOT).as_posix() for p in hand_and_generated_pages()]

# Heading of docs/kinds.md -> the models whose keys stand below it.
KIND_SECTIONS = {
    "`kind.toml`, top level": (kind.Kind,),
    "`[inputs.TABLE]`": (TableSpec, FieldSpec),
    "`[merge]`": (kind.MergeSpec,),
    "`[verify]`": (kind.VerifySpec,),
    "`[[laws]]`": (kind.LawSpec,),
    "`[[holds]]`": (kind.HoldSpec,),
    "`[panels.NAME]`": (geometry.PanelSpec,),
    '`type = "text"`': (geometry.TextItem,),
    '`type = "rule"`': (geometry.RuleItem,),
    '`type = "box"`': (geometry.BoxItem,),
    '`type = "picture"`': (geometry.PictureItem,),
    '`type = "code"`': (geometry.CodeItem,),
    '`type = "barcode"`': (geometry.BarcodeItem,),
    '`type = "omr"`': (geometry.OmrItem,),
    '`type = "table"`': (geometry.TableItem, geometry.ColumnSpec),
    '`type = "chart"`': (geometry.ChartItem,),
    "`[variants.NAME]`": (kind.VariantSpec,),
    "`[[house]]`": (geometry.HouseSpec,),
    "Products": (product.Product, product.PanelPlace),
    "Zones": (product.Zone,),
    "Windows": (product.WindowSpec,),
    "Marks for inserters": (geometry.OmrProfile,),
    "Postage": (Rate, Band),
}


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("heading", KIND_SECTIONS)
def test_every_key_of_a_kind_is_described_in_its_section(heading):
    text = section(read("docs/kinds.md"), heading)
    known = {word for code in keys_in(text) for word in re.findall(r"[a-z_0-9]+", code)}

    for model in KIND_SECTIONS[heading]:
        # The type of an item stands in the heading.
        missing = set(model.model_fields) - known - ({"type"} if heading.startswith("`type") else set())
        assert not missing, f"{model.__name__}: {sorted(missing)}"


def test_every_item_type_of_a_panel_has_a_section():
    models = get_args(get_args(geometry.Item)[0])

    assert {m for models in KIND_SECTIONS.values() for m in models} >= set(models)


def test_every_kind_and_product_that_is_shipped_is_named():
    top = read("docs/kinds.md").partition("\n## ")[0]
    templates = shipped("templates")
    products = tomllib.loads((templates / "common" / "products.toml").read_text(encoding="utf-8"))

    assert keys_in(top) >= {path.parent.name for path in templates.glob("*/kind.toml")} | set(products)
    assert keys_in(section(read("docs/kinds.md"), "Products")) >= set(products)


def test_every_line_of_marks_for_inserters_is_described():
    text = section(read("docs/kinds.md"), "Marks for inserters")

    described = keys_in(text) | {f"feed{n}" for n in range(1, 7) if "`feed1` to `feed6`" in text}
    assert described >= set(get_args(geometry.OmrLine))


def test_what_a_kind_that_extends_another_takes_over_is_described():
    text = section(read("docs/kinds.md"), '`extends = "KIND"`')

    assert keys_in(text) >= set(kind.Kind.model_fields) - {"id", "name", "texts", "omr"}


def test_every_name_that_a_page_adds_to_texts_is_described():
    assert set(PAGE_FIELDS) <= keys_in(section(read("docs/kinds.md"), "Texts"))


def test_every_field_type_is_named_where_kinds_and_files_are_described():
    for name in get_args(FieldType):
        assert f"`{name}`" in section(read("docs/kinds.md"), "`[inputs.TABLE]`")
        assert f"| `{name}` |" in section(read("docs/files.md"), "The cells")


def test_every_filter_of_texts_is_described():
    text = section(read("docs/kinds.md"), "Texts")

    assert set(FILTERS) <= keys_in(text)


def test_every_setting_is_described_with_its_default_and_its_variable():
    page = read("docs/settings.md")

    for name, field in Settings.model_fields.items():
        if name in {"render", "press", "promise", "store", "fonts", "address", "paper", "tariff"}:
            text = section(page, f"`[{name}]`")
            for key, inner in type(field.default).model_fields.items():
                shown = f'"{inner.default}"' if isinstance(inner.default, str) else inner.default
                shown = list(shown) if isinstance(shown, tuple) else shown
                assert f"| `{key}` | `{shown}` | `YIBAO_{name}_{key}` |".upper() in text.upper(), (
                    f"{name}.{key}"
                )
        else:
            assert f"`{name}`" in section(page, "Top level")


@pytest.mark.parametrize(
    ("heading", "model"),
    [("`[client]`", Settings.model_fields["client"].annotation), ("`[mailings.2026Q3]`", MailingSettings)],
)
def test_every_key_of_client_and_mailing_is_described(heading, model):
    text = section(read("docs/settings.md"), heading)

    for key, field in model.model_fields.items():
        default = "required" if field.is_required() else f"`{json.dumps(field.default)}`"
        assert f"| `{key}` | {default} | " in text


@pytest.mark.parametrize("name", READMES)
def test_every_exit_code_stands_in_the_readme(name):
    codes = {int(c) for c in re.findall(r"^\| `(\d+)`", read(name), re.MULTILINE)}
    pairs = {int(c) for c in re.findall(r"^\| `\d+`, `(\d+)`", read(name), re.MULTILINE)}

    assert codes | pairs == {int(code) for code in ExitCode}


# ---------------------------------------------------------------- what the reader types


@pytest.mark.parametrize("name", PAGES)
def test_every_command_a_page_shows_exists(name, command_tree):
    for line in shell_lines(read(name)):
        for words in typed(line):
            assert_exists(words, command_tree)


@pytest.mark.parametrize("name", READMES)
def test_the_readme_shows_the_start(name):
    lines = shell_lines(read(name))

    assert any(line.startswith("git clone ") for line in lines)
    assert {"make demo", "make test"} <= set(lines)


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_named_in_the_readme(name, command_tree):
    text = read(name)

    for command, child in command_tree.commands.items():
        for inner in getattr(child, "commands", {"": None}):
            assert f"`yibao {command} {inner}".rstrip() in text, f"{command} {inner}"


def test_every_make_target_is_described():
    page = section(read("docs/development.md"), "Make targets")

    for target in make_targets() - {"help"}:
        assert f"`make {target}`" in page


def test_a_command_that_does_not_exist_would_be_seen(command_tree):
    with pytest.raises(AssertionError):
        assert_exists(["yibao", "returns", "fly"], command_tree)


def typed(line):
    """The commands of a line, as words: a pipe has several; what stands before `=` sets a variable."""
    for part in re.split(r"\s(?:\||&&)\s", line.partition(" # ")[0]):
        words = shlex.split(part)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words = words[1:]
        yield words


def assert_exists(words, tree):
    if words[0].rpartition("/")[2] == "yibao":
        resolve(words[1:], tree)
    elif words[0] == "make":
        targets = {word for word in words[1:] if "=" not in word}
        assert targets <= make_targets(), f"make has no {targets}"


def resolve(words, command):
    """Follow words down the command tree; every option has to be one of the command it is given to."""
    known = {o: p for p in command.params for o in p.opts} | {"-h": None, "--help": None}
    while words and words[0].startswith("-"):
        assert words[0] in known, f"{command.name} has no option {words[0]}"
        option = known[words[0]]
        words = words[1:] if option is None or option.is_flag else words[2:]
    children = getattr(command, "commands", {})
    if children and words:
        assert words[0] in children, f"{command.name} has no command {words[0]}"
        resolve(words[1:], children[words[0]])
    elif words and any(w.startswith("-") and len(w) > 1 for w in words):
        resolve(words[1:], command)


def make_targets():
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


# ---------------------------------------------------------------- links, pictures, places


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_project_leads_somewhere(name):
    page = ROOT / name

    for link in links(read(name)):
        path, _hash, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path) if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_pictures_are_small_and_all_shown():
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    shown = {
        ((ROOT / name).parent / link).resolve()
        for name in PAGES
        for link in links(read(name))
        if link.endswith(".png")
    }

    assert set(pictures) == shown
    for picture in pictures:
        assert picture.stat().st_size < 200_000
        with Image.open(picture) as image:
            image.verify()


def test_pages_have_one_title_and_no_open_ends():
    for name in PAGES:
        text = without_code(read(name))
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, name
        assert not re.search(r"\b(TODO|TBD|FIXME|lorem)\b", text, re.IGNORECASE), name


def test_no_file_names_a_place_of_this_machine():
    # Where this checkout lies and whose it is: words that only a slip would bring into a file. A checkout
    # that lies in a folder everybody has would find its name everywhere.
    own = {str(ROOT), str(Path.home())} - {"/", "/root", "/src", "/app", "/code", "/build"}
    personal = re.compile(r"/home/[a-z]\w*/|/Users/[A-Za-z]\w*/|[A-Z]:\\Users\\")
    inside = re.compile(
        r"https?://[^/\s\"')>]*(?:\.(?:internal|intranet|corp|lan|local)\b|\b(?:10|192\.168)\.\d+\.)"
    )

    for path in text_files():
        text = path.read_text(encoding="utf-8")
        slips = [place for place in own if place in text]
        slips += [m[0] for pattern in (personal, inside) for m in pattern.finditer(text)]
        assert not slips, f"{path.relative_to(ROOT)}: {slips}"


def test_no_file_cites_a_page_that_is_not_in_the_project():
    absent = re.compile(r"\b(?:rese" r"arch/\w+|des" r"ign)\.md\b")

    cited = {
        p.relative_to(ROOT).as_posix(): absent.findall(p.read_text(encoding="utf-8")) for p in text_files()
    }

    assert {name: found for name, found in cited.items() if found} == {}


def text_files():
    """The files that belong to the project: those git knows or would take, else all."""
    run = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = run.stdout.splitlines() or [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.*")]
    endings = {".py", ".md", ".toml", ".j2", ".json", ".txt", ".yml", ".yaml", ".cfg", ".po"}
    return [
        p for p in map(ROOT.joinpath, names) if p.is_file() and (p.suffix in endings or p.name == "Makefile")
    ]
