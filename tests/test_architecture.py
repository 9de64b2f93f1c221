"""The floors of the house: a room imports only rooms below it, and only the libraries it may."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "relsurvey"
FLOORS = {
    "errors": 0,
    "problems": 0,
    "results": 0,
    "shipped": 0.5,
    "atomic_file": 0.5,
    "processes": 0.5,
    "problem_kind": 0.5,
    "stats": 1,
    "instrument": 1,
    "responses": 2,
    "questionnaire": 2,
    "disclosure": 2.5,
    "scoring": 3,
    "simulation": 3,
    "measurement": 4,
    "effects": 4.5,
    "cards": 4.5,
    "report": 5,
    "study": 6,
    "__init__": 6.5,
    "cli": 7,
    "__main__": 7.5,
}
HEAVY = {"pandas", "scipy", "statsmodels", "semopy", "pingouin", "matplotlib", "sklearn"}
MAY_PRINT = {"cli"}


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 30
    return found


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path, *, top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    nodes = tree.body if top_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if top_only and id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "relsurvey":
                names |= {f"relsurvey.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_rooms_below_its_own(path: Path) -> None:
    own = room_of(path)
    assert own in FLOORS, f"{own} stands on no floor"
    for name in imports_of(path):
        if not name.startswith("relsurvey."):
            continue
        room = name.split(".")[1]
        assert room == own or FLOORS[room] < FLOORS[own], f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "stats").glob("*.py")), ids=lambda p: p.name)
def test_stats_needs_nothing_but_numpy_and_scipy(path: Path) -> None:
    allowed = {"numpy", "scipy", "relsurvey"} | sys.stdlib_module_names
    outside = {name for name in imports_of(path) if name.split(".")[0] not in allowed}
    assert not outside
    ours = {name for name in imports_of(path) if name.startswith("relsurvey.")}
    assert all(name.split(".")[1] in {"stats", "errors"} for name in ours)


@pytest.mark.parametrize(
    "path",
    [PACKAGE / f"{name}.py" for name, floor in FLOORS.items() if floor < 1]
    + [PACKAGE / "__init__.py"]
    + sorted((PACKAGE / "cli").glob("*.py")),
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_the_front_imports_nothing_heavy(path: Path) -> None:
    heavy = {name for name in imports_of(path, top_only=True) if name.split(".")[0] in HEAVY}
    assert not heavy


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_cli_prints(path: Path) -> None:
    if room_of(path) in MAY_PRINT:
        return
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "click.echo"}
    ]
    assert calls == []


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno if body else 0
            assert lines <= 55, node.name


def test_importing_relsurvey_and_the_command_loads_nothing_heavy() -> None:
    code = (
        "import sys, relsurvey, relsurvey.cli; "
        f"print([name for name in {sorted(HEAVY)!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists_and_is_documented() -> None:
    import relsurvey as rs

    for name in rs.__all__:
        assert getattr(rs, name).__doc__, name
