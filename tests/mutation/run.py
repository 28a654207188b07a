"""Break the code at random places, one place at a time, and count the breaks that the unit tests see.

    make mutation MUTANTS=150
    python tests/mutation/run.py training metrics --mutants 40 --seed 0

Cosmic Ray (https://cosmic-ray.readthedocs.io) changes one operator, number, condition, loop or decorator of a module.
All places would take days, so some are drawn at random, as many in each group of rooms, and at each place one mutant.
First run the tests that import the module, or its room where none does; a mutant that they pass meets all tests of the
room; one that they pass too has survived. `survivors.md` says what became of every survivor.

Not drawn, because no test can or need tell: annotations and what does not compile; arithmetic turned into bit
operations, or comparison into identity, which floats and arrays refuse. Tests that fail without a mutant are left out.

The work is done on a copy of the tracked files, so that no mutant stays behind in the sources.
"""

import argparse
import ast
import collections
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec

ROOT = Path(__file__).parents[2]
SOURCE, TESTS = Path("src/showergan"), Path("tests/unit")

# Rooms, or modules, under src/showergan: all modules in them.
GROUPS = {
    "training": ("training",),
    "metrics": ("metrics",),
    "comparison": ("comparison",),
    "recipes": ("config",),
}
N_FIRST = 4  # files of tests that a mutant meets first: those that speak of its module most

REFUSED = re.compile(
    r"core/ReplaceBinaryOperator_(?!BitOr_BitAnd$|BitAnd_BitOr$)(\w+_(RShift|LShift|Bit\w+)|Bit\w+_\w+)$"
    r"|core/ReplaceComparisonOperator_(Eq|NotEq|Lt|LtE|Gt|GtE)_Is(Not)?$"
    r"|core/ReplaceUnaryOperator_(USub|UAdd)_Invert$"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}; all by default")
    parser.add_argument("--mutants", type=int, default=150, help="places to break, in all groups")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing")
    parser.add_argument("--least", type=float, default=0.9, help="share that must be killed")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the tests")
    asked = parser.parse_args()
    groups = asked.groups or list(GROUPS)
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    with tempfile.TemporaryDirectory() as folder:
        copy_of_tracked_files(Path(folder))
        os.chdir(folder)
        os.environ.update(
            PYTHONPATH=f"{folder}/src", PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1"
        )
        drawn = [
            (group, mutation)
            for i, group in enumerate(groups)
            for mutation in draw(group, (asked.mutants + i) // len(groups), asked.seed)
        ]
        judged = judge(drawn, asked.python)
        os.chdir(ROOT)
    for group in groups:
        killed = [k for g, k in judged if g == group]
        print(f"{group}: {sum(killed)} of {len(killed)} killed")
    n_killed = sum(killed for _, killed in judged)
    print(f"{n_killed} of {len(judged)} killed ({n_killed / len(judged):.0%})")
    sys.exit(n_killed < asked.least * len(judged))


def copy_of_tracked_files(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def draw(group: str, mutants: int, seed: int) -> list[MutationSpec]:
    """Return one mutation at each of some places."""
    found = {
        p
        for room in GROUPS[group]
        for p in [SOURCE / f"{room}.py", *SOURCE.glob(f"{room}/**/*.py")]
    }
    modules = sorted(path for path in found if path.is_file())
    if not modules:
        sys.exit(f"{group}: no module in {', '.join(GROUPS[group])}; mend GROUPS in {__file__}")
    places = collections.defaultdict(list)
    with use_db("mutations.sqlite", WorkDB.Mode.create) as work:
        init(modules, work, {})
        for item in work.work_items:
            [mutation] = item.mutations
            if worth_testing(mutation):
                place = (str(mutation.module_path), mutation.start_pos, mutation.end_pos)
                places[place].append(mutation)
    chance, kept = random.Random(seed), []
    for place in chance.sample(sorted(places), len(places)):
        mutation = chance.choice(
            sorted(places[place], key=lambda m: (m.operator_name, m.occurrence))
        )
        if len(kept) < mutants and mutant(mutation):
            kept.append(mutation)
    possible = sum(map(len, places.values()))
    print(
        f"{group}: {possible} mutants at {len(places)} places of {len(modules)} modules; {len(kept)} drawn"
    )
    return kept


def worth_testing(mutation: MutationSpec) -> bool:
    return not REFUSED.match(mutation.operator_name) and not any(
        start <= mutation.start_pos < end for start, end in annotations(mutation.module_path)
    )


@cache
def annotations(module: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the annotations of a module start and end, by line and column."""
    nodes = [
        annotation
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    ]
    return [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in nodes]


def mutant(mutation: MutationSpec) -> str | None:
    """Return the changed code; None where it does not compile."""
    source = mutation.module_path.read_text(encoding="utf-8")
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    try:
        code = mutate_code(source, operator, mutation.occurrence)
        compile(code, "mutant", "exec")
    except SyntaxError:
        return None
    return code


@cache
def texts() -> dict[Path, str]:
    """Return the files of tests, each with what they share that it imports."""
    shared = {
        p.stem: p.read_text("utf-8") for p in TESTS.glob("*.py") if not p.name.startswith("test_")
    }
    own = {p: p.read_text("utf-8") for p in sorted(TESTS.glob("test_*.py"))}
    return {
        path: text
        + "".join(
            s for name, s in shared.items() if re.search(rf"import {name}\b|from {name} ", text)
        )
        for path, text in own.items()
    }


def tests_of(module: Path) -> tuple[list[Path], list[Path]]:
    """Return the tests that a mutant of a module meets first, and all others of it or of its room."""
    room, *inner = module.relative_to(SOURCE).with_suffix("").parts
    *above, name = [room, *(part for part in inner if part != "__init__")]
    home = r"\.".join(["showergan", *above])
    own = re.compile(rf"{home}\.{name}\b|from {home} import [^\n]*\b{name}\b")
    counts = {path: len(own.findall(text)) for path, text in texts().items()}
    direct = [path for path, count in counts.items() if count]
    of_room = [path for path, text in texts().items() if re.search(rf"showergan\.{room}\b", text)]

    def fit(path: Path) -> tuple[bool, bool, int]:
        return name not in path.stem, room not in path.stem, -counts[path]

    first = sorted(direct or of_room, key=fit)[:N_FIRST]
    return first, sorted({*direct, *of_room} - {*first}, key=fit)


def judge(drawn: list[tuple[str, MutationSpec]], python: str) -> list[tuple[str, bool]]:
    """Run the tests on each mutant; print what becomes of it, and the survivors."""
    tests, judged = Tests(python), []
    for number, (group, mutation) in enumerate(drawn, 1):
        path, code = mutation.module_path, mutant(mutation)
        original, start = path.read_text(encoding="utf-8"), time.monotonic()
        for files in tests_of(path):
            tests.prepare(files)
            path.write_text(code, encoding="utf-8")
            try:
                survived = tests.pass_of(files)
            finally:
                path.write_text(original, encoding="utf-8")
            if not survived:
                break
        judged.append((group, not survived))
        what = f"{path.relative_to(SOURCE)}:{mutation.start_pos[0]} {mutation.operator_name}"
        how = "SURVIVED" if survived else "killed"
        print(f"{number}/{len(drawn)} {how} {what} {time.monotonic() - start:.0f} s", flush=True)
        if survived:
            lines = (text.splitlines() for text in (original, code))
            print(*difflib.unified_diff(*lines, lineterm="", n=1), sep="\n", flush=True)
    return judged


class Tests:
    """Files of tests, without those tests that fail when nothing is broken."""

    def __init__(self, python: str):
        self._python = python
        self._failing: dict[Path, list[str]] = {}
        self._seconds: dict[Path, float] = {}

    def prepare(self, files: list[Path]) -> None:
        """Run those of them that have not run yet."""
        for path in files:
            if path not in self._failing:
                start = time.monotonic()
                said = self._pytest(path, "--tb=no", timeout=1200).stdout
                self._seconds[path] = time.monotonic() - start
                failing = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
                self._failing[path] = failing
                if failing:
                    print("left out, for they fail without any mutant:", *failing, flush=True)

    def pass_of(self, files: list[Path]) -> bool:
        """Return whether all tests pass in time; a break may make a loop endless."""
        if not files:
            return True
        without = [f"--deselect={name}" for path in files for name in self._failing[path]]
        without += [f"--ignore={path}" for path in files if str(path) in self._failing[path]]
        try:
            most = 60 + 5 * sum(self._seconds[path] for path in files)
            done = self._pytest(*files, *without, "-x", timeout=most)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode in (0, 5)  # 5: none is left

    def _pytest(self, *words: str | Path, timeout: float) -> subprocess.CompletedProcess:
        command = [self._python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
        return subprocess.run([*command, *words], capture_output=True, text=True, timeout=timeout)


if __name__ == "__main__":
    main()
