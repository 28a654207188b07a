"""Break the code at random places, one place at a time, and count the breaks that the unit tests see.

    pip install .[mutation]
    python tests/mutation/run.py comparison --mutants 40 --seed 0

Cosmic Ray (https://cosmic-ray.readthedocs.io) changes one operator, number, condition, loop or decorator of a module
and runs the tests that fit it; a mutant that they pass has survived. All would take a night, so this draws
places of the code at random and at each place one mutant. `survivors.md` says what became of every survivor.

Not drawn, because no test can or need tell: annotations and what does not compile; arithmetic turned into bit
operations, or comparison into identity, which floats and arrays refuse.

The work is done on a copy of the tracked files, so that no mutant stays behind in the sources.
"""

import argparse
import ast
import collections
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).parents[2]

# Groups of modules; every part of a group is modules and the tests that fit them, under src/showergan and tests/unit.
GROUPS: dict[str, list[tuple[list[str], str]]] = {
    "recipes": [
        (
            [
                f"config/recipes/{name}.py"
                for name in ("recipe", "data", "training", "evaluation", "comparison")
            ],
            "test_steps.py test_protocol.py test_scale_audit.py "
            "-k 'versions or steps or scale_audit'",
        )
    ],
    "comparison": [
        (["comparison/summary.py"], "test_summary.py test_robustness.py"),
        (["comparison/verdicts.py"], "test_verdicts.py -k 'not Figures'"),
        (["comparison/robustness.py"], "test_robustness.py -k 'not Figure'"),
        (
            ["comparison/scorecard.py", "comparison/failures.py", "comparison/rank_agreement.py"],
            "test_scorecard.py test_scorecard_figures.py -k 'not figure'",
        ),
        (["comparison/bars.py"], "test_bars.py"),
    ],
    "measurement": [
        (["metrics/prd.py", "metrics/conditional_prd.py"], "test_prd.py test_conditional_prd.py"),
        (
            ["tasks/showers/rectangles.py", "metrics/duplicates.py"],
            "test_rectangles.py test_duplicates.py",
        ),
        (
            [f"measurement/{name}.py" for name in ("measure", "reference", "anchors")]
            + ["metrics/pair.py"],
            "test_evaluation.py test_ceiling.py",
        ),
    ],
    "training": [
        (
            [
                *(f"training/{name}.py" for name in ("batches", "average", "loop")),
                "methods/losses.py",
            ],
            "test_losses.py test_training.py",
        ),
    ],
}

REFUSED = re.compile(
    r"core/ReplaceBinaryOperator_(?!BitOr_BitAnd$|BitAnd_BitOr$)(\w+_(RShift|LShift|Bit\w+)|Bit\w+_\w+)$"
    r"|core/ReplaceComparisonOperator_(Eq|NotEq|Lt|LtE|Gt|GtE)_Is(Not)?$"
    r"|core/ReplaceUnaryOperator_(USub|UAdd)_Invert$"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--mutants", type=int, default=40, help="places to break")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the tests")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy_of_tracked_files(Path(folder))
        os.chdir(folder)
        os.environ.update(
            PYTHONPATH=f"{folder}/src", PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1"
        )
        judge(given.group, given.mutants, given.seed, given.python)


def copy_of_tracked_files(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def judge(group: str, mutants: int, seed: int, python: str) -> None:
    sessions, places, found = {}, collections.defaultdict(list), 0
    for number, (modules, tests) in enumerate(GROUPS[group]):
        session = start(f"part{number}", modules, tests, python)
        sessions[session] = f"part{number}.toml"
        with use_db(session, WorkDB.Mode.open) as work:
            for item in work.work_items:
                found += 1
                [mutation] = item.mutations
                if worth_testing(mutation):
                    place = (str(mutation.module_path), mutation.start_pos, mutation.end_pos)
                    key = (mutation.operator_name, mutation.occurrence)
                    places[place].append((key, item.job_id, session, mutation))
    draw = random.Random(seed)
    order = draw.sample(sorted(places), len(places))
    drawn = [draw.choice(sorted(places[place], key=lambda one: one[0])) for place in order]
    kept = list(itertools.islice((one for one in drawn if compiles(one[-1])), mutants))
    possible = sum(map(len, places.values()))
    print(
        f"{group}: {found} mutants, {possible} after filtering, at {len(places)} places; {len(kept)} drawn"
    )
    killed = 0
    for session, config in sessions.items():
        skip_all_but({job for _, job, of, _ in kept if of == session}, session)
        cosmic_ray("exec", config, session)
        killed += report(session)
    print(f"{group}: {killed} of {len(kept)} killed")


def start(name: str, modules: list[str], tests: str, python: str) -> str:
    """Make a session of a part, and return its file."""
    paths = [f"src/showergan/{module}" for module in modules]
    files = re.sub(r"(test_\w+\.py)", r"tests/unit/\1", tests)
    command = f"{python} -m pytest -x -q -n 0 -p no:cacheprovider {files}"
    Path(f"{name}.toml").write_text(
        f"[cosmic-ray]\nmodule-path = {paths}\ntimeout = 120.0\nexcluded-modules = []\n"
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    cosmic_ray("init", f"{name}.toml", f"{name}.sqlite")
    if subprocess.run(["bash", "-c", command], capture_output=True).returncode:
        sys.exit(f"without any mutant these fail: {command}")
    return f"{name}.sqlite"


def cosmic_ray(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "cosmic_ray.cli", *arguments], check=True)


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


def compiles(mutation: MutationSpec) -> bool:
    source = mutation.module_path.read_text(encoding="utf-8")
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    try:
        compile(mutate_code(source, operator, mutation.occurrence), "mutant", "exec")
    except SyntaxError:
        return False
    return True


def skip_all_but(kept: set[str], session: str) -> None:
    with use_db(session, WorkDB.Mode.open) as work:
        others = [item.job_id for item in work.work_items if item.job_id not in kept]
        work.set_multiple_results(others, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def report(session: str) -> int:
    """Print the survivors, and return how many mutants were killed."""
    killed = 0
    with use_db(session, WorkDB.Mode.open) as work:
        for _, result in work.completed_work_items:
            if result.worker_outcome == WorkerOutcome.SKIPPED:
                continue
            if result.test_outcome == TestOutcome.SURVIVED:
                print(result.diff)
            else:
                killed += 1
    return killed


if __name__ == "__main__":
    main()
