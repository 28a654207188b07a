"""The floors of the package: imports go down only, and in no circle, between rooms as between modules."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"

# From the top: a room may import those below it, and none beside it.
FLOORS = (
    {"cli"},
    {"report"},
    {"evaluation", "comparison"},
    {"tasks"},
    {"training"},
    {"networks", "methods", "metrics", "records"},
    {"config"},
    {"io"},
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}

# Folders of a task that stand on the floor of another room.
OF_TASKS = {"figures": "report", "drawing": "report", "steps": "cli"}


def names():
    """Return the path of each module of the package by its name within it."""
    paths = sorted((SRC / "showergan").rglob("*.py"))
    found = {".".join(path.relative_to(SRC).with_suffix("").parts): path for path in paths}
    return {name.removesuffix(".__init__"): path for name, path in found.items()}


MODULES = names()


def imported_by(name):
    """Return the modules of the package that one of them imports, wherever in its text."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            # A name that is a module is imported in place of its package.
            found |= whole & MODULES.keys()
            if whole - MODULES.keys():
                found.add(node.module)
    return found & MODULES.keys() - {name}


def room_of(name):
    """Return the room of a module; None of those that stand in no room, such as `errors`."""
    _, room, *rest = (*name.split("."), None)
    if room == "tasks" and len(rest) > 1 and rest[1] in OF_TASKS:
        return OF_TASKS[rest[1]]
    return room if room in LEVEL else None


def circle_in(graph):
    """Return the names along a circle; None without one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


IMPORTS = {name: imported_by(name) for name in MODULES}


def arrows():
    """Return (module, imported module) for each import from one room of another."""
    pairs = [(name, other) for name, others in IMPORTS.items() for other in others]
    return [
        (name, other)
        for name, other in pairs
        if room_of(name) and room_of(other) and room_of(name) != room_of(other)
    ]


def test_every_room_has_its_floor():
    folders = {path.parent.name for path in (SRC / "showergan").glob("*/__init__.py")}
    assert folders == LEVEL.keys()
    assert len(arrows()) > 200


@pytest.mark.parametrize("room", sorted(LEVEL))
def test_imports_go_down_only(room):
    up = [
        f"{name} imports {other}"
        for name, other in arrows()
        if room_of(name) == room and LEVEL[room_of(other)] <= LEVEL[room]
    ]
    assert not up, "\n".join(up)


def test_no_modules_import_each_other_in_a_circle():
    assert circle_in(IMPORTS) is None


def test_circles_are_seen():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": set()}) is None
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
