"""The house keeps its own rules: imports run one way, public names are explained, nothing grows too long."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import yibao_cli

PACKAGE = Path(yibao_cli.__file__).parent
ROOT = PACKAGE.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
MOST_LINES, MOST_OF_A_FUNCTION, MOST_PARAMETERS = 400, 60, 6

needs_linter = pytest.mark.skipif(not LINT_IMPORTS.exists(), reason="import-linter is not installed")


def named(path):
    return path.relative_to(PACKAGE).as_posix()


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


# ------------------------------------------------------------------ who imports whom


def lint(folder):
    """What import-linter says of the package in a folder."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path):
    """A copy of the package that a test may spoil."""
    shutil.copytree(PACKAGE, tmp_path / "yibao_cli", ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def smuggle(house, module, line):
    path = house / "yibao_cli" / module
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")


@needs_linter
def test_imports_run_one_way(house):
    found = lint(house)

    assert "0 broken" in found.stdout
    assert found.returncode == 0


@needs_linter
@pytest.mark.parametrize(
    ("module", "line", "objected"),
    [
        ("ingest/rows.py", "from yibao_cli.render import part", "yibao_cli.ingest is not allowed to import"),
        ("kinds/kind.py", "from yibao_cli import ledger", "yibao_cli.kinds is not allowed to import"),
        ("money.py", "import yibao_cli.codes", "yibao_cli.money is not allowed to import yibao_cli.codes"),
        ("model.py", "from yibao_cli.jobs.reports import status", "yibao_cli.model is not allowed to import"),
        (
            "jobs/ingest/mapping.py",
            "from yibao_cli.jobs.returns import waiting",
            "yibao_cli.jobs.ingest is not allowed to import yibao_cli.jobs.returns",
        ),
        ("sample/medical.py", "from yibao_cli.store import files", "yibao_cli.sample"),
        ("utils.py", "HELPERS = 1", "utils"),  # a room that no layer knows
    ],
)
def test_an_import_that_is_smuggled_in_is_objected_to(house, module, line, objected):
    smuggle(house, module, line)

    found = lint(house)

    assert found.returncode != 0
    assert objected in " ".join((found.stdout + found.stderr).split())


def dotted(path, folder):
    """The name by which a module is imported."""
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree, modules):
    """The modules that one imports, inside functions and for types alone too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = [f"{node.module}.{name.name}" for name in node.names]
            yield from (name if name in modules else node.module for name in whole)


def circle(package):
    """Modules that import each other in a circle, the first one again at the end; empty where none do."""
    trees = {dotted(path, package.parent): parsed(path) for path in package.rglob("*.py")}
    # What programs may import from the package itself is looked up when it is asked for.
    del trees[package.name]
    graph = {
        name: {i for i in imported(tree, trees) if i in trees and i != name} for name, tree in trees.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_modules_import_each_other_in_a_circle():
    assert circle(PACKAGE) == []


@pytest.mark.parametrize(
    "line",
    [
        "from yibao_cli.ads import planning",
        "def late():\n    from yibao_cli.ads.planning import make_plan",
        "if TYPE_CHECKING:\n    import yibao_cli.ads.planning",
    ],
)
def test_a_circle_that_is_smuggled_in_is_found(house, line):
    smuggle(house, "ads/moving.py", line)

    found = circle(house / "yibao_cli")

    assert {"yibao_cli.ads.moving", "yibao_cli.ads.planning"} <= set(found)


# ------------------------------------------------------------------ words and lengths


def unexplained(tree):
    """Public names without a docstring; `name.__doc__ = ...` is one too, and so is a command's `help=`."""
    given = {
        t.value.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Attribute) and t.attr == "__doc__" and isinstance(t.value, ast.Name)
    }
    return [n for n, node in public(tree) if not (ast.get_docstring(node) or n in given or has_help(node))]


def has_help(node):
    calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(k.arg == "help" for call in calls for k in call.keywords)


def public(node, inside=""):
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and child.name[0] != "_":
            yield f"{inside}{child.name}", child
            if isinstance(child, ast.ClassDef):
                yield from public(child, f"{inside}{child.name}.")


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_and_public_name_says_what_it_is_for(path):
    tree = parsed(path)

    assert ast.get_docstring(tree)
    assert unexplained(tree) == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_and_no_function_grows_too_long(path):
    tree = parsed(path)

    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert [f.name for f in functions(tree) if f.end_lineno - f.lineno >= MOST_OF_A_FUNCTION] == []


def crowded(tree):
    """Functions that take more than a reader holds in mind; a command takes what a person may say."""
    taken = ((f.name, [*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs]) for f in functions(tree))
    own = ((name, [a.arg for a in arguments if a.arg not in {"self", "cls"}]) for name, arguments in taken)
    return [name for name, names in own if len(names) > MOST_PARAMETERS and names[0] != "context"]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_function_but_a_command_takes_more_than_six_parameters(path):
    assert crowded(parsed(path)) == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_has_lazy_annotations_and_annotates_what_it_takes_and_gives(path):
    tree = parsed(path)

    code = [n for n in tree.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    assert not functions(tree) or "annotations" in [a.name for a in getattr(code[0], "names", [])]
    assert [f.name for f in functions(tree) if f.returns is None] == []


def test_the_guards_see_what_they_guard_against():
    tree = ast.parse("def f(): pass\nclass C:\n    def g(self): 'x'\n    def _h(self): pass\n")

    assert unexplained(tree) == ["f", "C"]
    assert unexplained(ast.parse("def f(): pass\nf.__doc__ = 'x'")) == []
    assert crowded(ast.parse("def f(a, b, c, d, *, e, f, g): 0\ndef g(context, a, b, c, d, e, f): 0")) == [
        "f"
    ]
    assert len(MODULES) > 50


def test_there_is_no_room_for_odds_and_ends():
    assert not {"utils.py", "helpers.py", "misc.py", "common.py"} & {p.name for p in MODULES}


def test_a_print_of_the_package_reaches_nobody():
    prints = [
        named(p)
        for p in MODULES
        for n in ast.walk(parsed(p))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print"
    ]

    assert prints == []


def test_asking_for_help_loads_none_of_the_heavy_libraries():
    heavy = ("pandas", "duckdb", "pyarrow", "openpyxl", "reportlab", "pikepdf", "sqlalchemy", "numpy")
    code = (
        "import sys; from yibao_cli.cli.main import main; main(['--help']);"
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert found.stderr.splitlines()[-1:] == ["[]"]
