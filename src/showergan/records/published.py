"""Published runs: finished trainings whose metrics the repository keeps, so that nobody has to train them again.

The folder resources/{run} holds metrics.json.xz, the metrics of all, to as many digits as their spreads warrant;
runs.csv, a row per training: how it ended, CPU seconds of its training and evaluation, version and commit of the code,
the start of the SHA-256 of the embedding, for two embeddings have two scales, and of the recipe of each step behind its
metrics; and anchors.csv, what they are compared with. Nothing here imports a library that loads slowly: every job of
the workflow reads runs.csv.
"""

import csv
import hashlib
import json
import lzma
import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import stdev
from typing import Any, NamedTuple

from showergan.config.recipes.found import RECIPES
from showergan.config.whole import Config
from showergan.errors import UserError
from showergan.io.files import atomic_write, say, sha256_of
from showergan.records.provenance import NAME, read_record
from showergan.records.verification import findings

METRICS, RUNS, ANCHORS = "metrics.json.xz", "runs.csv", "anchors.csv"
ABOUT = ("run", "status", "cpu_seconds", "version", "commit")
DIGITS = {"value": 5, "sd": 3, "event_sd": 3}  # significant ones that are kept
LARGEST = 3_000_000  # bytes of a table that a repository should hold

# Cells of a metrics.csv by the names of its columns.
Columns = dict[str, list[str]]


class Run(NamedTuple):
    """A finished training: its row of runs.csv, and its metrics."""

    row: dict[str, str]
    metrics: Columns


def published_runs(config: Config) -> list[str]:
    """Return the published trainings of methods of a configuration, "{architecture}/{method}/{rates}/seed{seed}".

    There are none unless it asks for them by `study: published`.

    Raises:
        UserError: one was made by other recipes than those of the configuration.
    """
    path = Path("resources", config.run, RUNS)
    if config.study != "published" or not path.exists():
        return []
    if config.data.files:
        raise UserError(
            "study = 'published': no table knows data of files of your own; leave it out"
        )
    expected = cache(lambda architecture, method: recipes_of(config, architecture, method))
    embedding = _embedding_here(config)
    found = []
    for row in _rows(path):
        architecture, method, *_ = row["run"].split("/")
        if (architecture, method) in config.trained:
            here = expected(architecture, method) | (embedding or {})
            _require_the_same(path, row["run"], _recipes(row, embedding is None), here)
            found.append(row["run"])
    return found


def recipes_of(config: Config, architecture: str, method: str) -> dict[str, str]:
    """Return a hash of the recipe of each step behind the metrics of a method's trainings."""
    embedding = getattr(config, "embedding", None)
    steps = (*config.data.steps, *([embedding.step] if embedding else []), "reference", "evaluate")
    found = {step: RECIPES[step].of(config).whole() for step in steps}
    any_pair = config.learning_rates(method)[0].name
    of = {"architecture": architecture, "method": method, "rates": any_pair, "seed": "0"}
    return _hashes(found | {"train": RECIPES["train"].of(config, **of).whole()})


def _hashes(recipes: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return a hash of each; learning rates and seed of a training stand in its name, and count for nothing here."""
    train = {k: v for k, v in recipes["train"].items() if k not in ("learning_rates", "seed")}
    texts = {k: json.dumps(v, sort_keys=True) for k, v in (recipes | {"train": train}).items()}
    return {step: hashlib.sha256(texts[step].encode()).hexdigest()[:12] for step in sorted(texts)}


def _embedding_here(config: Config) -> dict[str, str] | None:
    """Return the start of the SHA-256 of the run's embedding; None where it has not been made, or the task has none."""
    given = getattr(getattr(config, "embedding", None), "sha256", None)
    made = Path("results", config.run, "embedding/model.pt")
    sha256 = given or (sha256_of(made) if made.exists() else None)
    return {"embedding": sha256[:12]} if sha256 else None


def _recipes(row: dict[str, str], without_embedding: bool = False) -> dict[str, str]:
    left_out = (*ABOUT, "embedding") if without_embedding else ABOUT
    return {name: text for name, text in row.items() if name not in left_out}


def _require_the_same(
    path: Path, run: str, published: dict[str, str], here: dict[str, str]
) -> None:
    steps = sorted(published.keys() | here.keys())
    if others := [step for step in steps if published.get(step) != here.get(step)]:
        raise UserError(
            f"{path}: {run} was published with another {', '.join(others)} than here, and the two cannot "
            "be compared. Put the configuration, the version of showergan and the embedding back that it was made "
            "with; or train all here, without study: published, and give the run another name."
        )


def read_metrics(path: Path) -> dict[str, Columns]:
    """Return the metrics of all runs in a table.

    Raises:
        UserError: it is none.
    """
    try:
        return json.loads(lzma.decompress(path.read_bytes()))
    except (lzma.LZMAError, ValueError) as error:
        raise UserError(
            f"{path}: no table of published runs ({error}). Take it from the repository again."
        ) from None


def write_metrics_csv(metrics: Columns, path: Path) -> None:
    """Write the metrics of a run as its evaluation did, but for the digits that were not kept."""
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        rows = zip(*metrics.values(), strict=True)
        csv.writer(file, lineterminator="\n").writerows([list(metrics), *rows])


def gather(run: Path, to: Path) -> None:
    """Add the finished trainings of a run to the table in a folder, and say how many.

    Raises:
        UserError: one that is there already was made by another recipe, or has other metrics; nothing is written then.
    """
    rows = {row["run"]: row for row in _rows(to / RUNS)} if (to / RUNS).exists() else {}
    metrics = read_metrics(to / METRICS) if rows else {}
    if lost := rows.keys() - metrics.keys():
        raise UserError(
            f"{to / METRICS} lacks {min(lost)}, which {to / RUNS} names. Take both from one commit."
        )
    kept = {name: Run(row, metrics[name]) for name, row in rows.items()}
    new, again, different = {}, 0, []
    of_method = {_method(name): _recipes(row) for name, row in rows.items()}
    for name, found in finished(run):
        recipes = _recipes(found.row)
        # All but the training is shared by all methods.
        of_others = next(iter(of_method.values()), recipes) | {"train": recipes["train"]}
        _require_the_same(to / RUNS, name, of_method.setdefault(_method(name), of_others), recipes)
        if name not in kept:
            new[name] = found
        elif found.metrics == kept[name].metrics:
            again += 1
        else:
            different.append(_difference(name, found.metrics, metrics))
    if different:
        raise UserError(
            f"{to}: {len(different)} trainings are published with other metrics:\n  "
            + "\n  ".join(different)
            + "\nOn a processor of the same kind a training repeats to the last digit. On another one it rounds "
            "otherwise and goes another way: it should differ as two seeds do. What is published stays as it is; to "
            "gather others, remove these from the run."
        )
    if new:
        _write(kept | new, to)
        if not (to / ANCHORS).exists():
            with atomic_write(to / ANCHORS) as temporary:
                shutil.copy(run / "reference" / ANCHORS, temporary)
    say(
        f"{to}: {len(kept) + len(new)} trainings, {len(new)} of them new; {again} repeated to the last digit kept"
    )
    if (to / METRICS).exists() and (size := (to / METRICS).stat().st_size) > LARGEST:
        say(
            f"warning: {to / METRICS} has {size} bytes, more than the {LARGEST} that belong in a repository"
        )


def finished(run: Path) -> Iterator[tuple[str, Run]]:
    """Yield name and content of each training of a run that is evaluated, and as its records say.

    Raises:
        UserError: data, embedding or reference are not as they were made.
    """
    wrong = {f.path: f.text for f in findings(run) if f.kind not in ("unlisted", "unchecked")}

    def fault(*folders: Path) -> str | None:
        return next((f"{p}: {why}" for p, why in wrong.items() if p.parent in folders), None)

    shared = [run / name for name in ("data", "embedding", "reference")]
    if why := fault(*shared):
        raise UserError(f"{why}. Run snakemake again for this run.")
    before = [read_record(path) for at in shared for path in sorted(at.glob(f"*{NAME}"))]
    models = [record.outputs["model.pt"] for record in before if "model.pt" in record.outputs]
    embedding = {"embedding": models[0][:12]} if models else {}
    for path in sorted(run.glob("evaluate/*/*/*/seed*/metrics.csv")):
        name = path.parent.relative_to(run / "evaluate").as_posix()
        made, trained = path.parent, run / "train" / name
        if why := fault(made, trained):
            say(f"{name} is left out, for it has to be made again: {why}")
            continue
        records = [read_record(at / NAME) for at in (trained, made)]
        recipes = {record.step: record.recipe for record in (*before, *records)}
        row = {
            "run": name,
            "status": json.loads((trained / "run.json").read_text(encoding="utf-8"))["status"],
            "cpu_seconds": f"{sum(record.cpu_seconds for record in records):.0f}",
            "version": records[-1].code.version,
            "commit": (records[-1].code.commit or "")[:12],
        }
        yield name, Run(row | embedding | _hashes(recipes), _rounded(path))


def _method(name: str) -> str:
    """Return architecture and method: all else about a training stands in its name."""
    return name.rpartition("/")[0].rpartition("/")[0]


def _rounded(path: Path) -> Columns:
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    columns = {n: list(cells) for n, cells in zip(names, zip(*rows, strict=True), strict=True)}
    for name, digits in DIGITS.items():
        columns[name] = [f"{float(cell):.{digits}g}" if cell else "" for cell in columns[name]]
    return columns


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if broken := [i for i, row in enumerate(rows, 2) if None in row.values() or None in row]:
        raise UserError(
            f"{path}: line {broken[0]} is no row of a published run. Take it from the repository again."
        )
    return rows


def _write(runs: dict[str, Run], to: Path) -> None:
    """Write both files; a run counts once runs.csv names it, which is written last."""
    ordered = {name: runs[name] for name in sorted(runs)}
    text = json.dumps({name: run.metrics for name, run in ordered.items()})
    with atomic_write(to / METRICS) as temporary:
        temporary.write_bytes(lzma.compress(text.encode()))
    with (
        atomic_write(to / RUNS) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = [run.row for run in ordered.values()]
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _difference(name: str, here: Columns, published: dict[str, Columns]) -> str:
    """Return in words how far the last scores of a training are from the published ones, beside the spread of seeds."""
    ours, theirs = _scores(here), _scores(published[name])
    seeds = defaultdict(list)
    for other, metrics in published.items():
        if other.rpartition("/")[0] == name.rpartition("/")[0]:
            for score, value in _scores(metrics).items():
                seeds[score].append(value)
    words = (
        f"{score} {ours[score]:.4f} here, {value:.4f} published"
        + (
            f" (sd over {len(seeds[score])} seeds {stdev(seeds[score]):.4f})"
            if len(seeds[score]) > 1
            else ""
        )
        for score, value in theirs.items()
        if score in ours
    )
    return f"{name}: {'; '.join(words)}"


def _scores(metrics: Columns) -> dict[str, float]:
    """Return PRD-AUC on test at the last epoch, by score."""
    cells = zip(*(metrics[c] for c in ("split", "metric", "bin", "space", "value")), strict=True)
    return {
        f"{'bins-' * (bin == 'mean')}{space}": float(value or "nan")
        for split, metric, bin, space, value in cells
        if (split, metric) == ("test", "prd_auc") and bin in ("all", "mean")
    }
