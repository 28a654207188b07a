"""The subcommand `cost`: an estimate of time, memory and files of a run before it runs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from snakemake.utils import update_config
from typer.core import TyperCommand

from showergan.cli.options import command_of
from showergan.config.keys import read_file
from showergan.config.tasks.found import DEFAULT
from showergan.config.whole import Config, parse_config
from showergan.errors import UserError
from showergan.io.files import say
from showergan.records import cost as model

HOUR, DAY = 3600, 24 * 3600
RULE_WIDTH = 26
TOGETHER = "figures and tables"


def cost(
    configfile: Annotated[
        list[Path] | None,
        typer.Option(help="as of snakemake, in the same order; once for each. By default none"),
    ] = None,
    measured: Annotated[
        Path, typer.Option(help="a finished run to estimate from: results/RUN")
    ] = Path("results/default"),
    n_train: Annotated[
        int | None, typer.Option(help="training samples, where only the data show how many")
    ] = None,
    devices: Annotated[
        list[int] | None,
        typer.Option(help="cores or GPUs at once, once for each number. By default 1", min=1),
    ] = None,
    speed: Annotated[
        float, typer.Option(help="of one of them, in units of those measured", min=1e-6)
    ] = 1.0,
    remaining: Annotated[
        bool, typer.Option("--remaining", help="count what is not made yet")
    ] = False,
) -> None:
    """Estimate what a run will take: jobs, hours, memory, files. Call it in the folder of the workflow."""
    files = configfile or []
    of = model.measured(measured)
    config = config_of(files)
    if not (jobs := planned(files, remaining)):
        print("nothing is left to do")
        return
    follow = sum(len(config.chosen_seeds(method)) for _, method in config.trained)
    if follow and "choose" in jobs:  # what follows a choice is not planned before it is made
        jobs |= {rule: jobs.get(rule, 0) + follow for rule in ("train_gan", "evaluate_gan")}
    rows = model.estimate(config, jobs, of, n_train)
    print(_table(rows, speed))
    for n in devices or [1]:
        print(f"on {n} at once: {_time(model.clock(rows, n) / speed)}")
    if not model.is_like(config, of):
        say(
            f"warning: {measured} did not train all these networks on batches of this size, and steps of others take "
            "another time. Run one epoch with one seed first, see docs/cost.md, and give it as --measured."
        )
    if others := [f"{rule} ({source})" for rule, source in rows.source.items() if source]:
        say(f"not measured in {measured}, and taken from other jobs: {', '.join(others)}")


def _table(rows: pd.DataFrame, speed: float) -> str:
    """Return a line for each rule, figures and tables together, and one for all."""
    names = rows.index.to_series().mask(model.is_exhibit(rows), TOGETHER)
    names = names.sort_values(key=lambda name: name == TOGETHER, kind="stable")
    lines = [
        f"{'rule':{RULE_WIDTH}}{'jobs':>7}{'hours':>10}{'longest':>11}{'memory':>9}{'files':>10}"
    ]
    for name in [*names.unique(), "all"]:
        some = rows if name == "all" else rows.loc[names.index[names == name]]
        hours = some.seconds.sum() / HOUR / speed
        longest = _time(some.longest.max() / speed)
        memory, files = f"{some.memory_MB.max():.0f} MB", f"{some.stored_MB.sum():.0f} MB"
        lines.append(
            f"{name:{RULE_WIDTH}}{some.jobs.sum():>7}{hours:>10.3f}{longest:>11}{memory:>9}{files:>10}"
        )
    return "\n".join(lines)


def _time(seconds: float) -> str:
    if seconds < HOUR:
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def config_of(files: list[Path]) -> Config:
    """Return the configuration as the workflow reads it."""
    raw: dict[str, Any] = {}
    for file in files:
        update_config(raw, _read(file))
    if raw.get("task", DEFAULT) == DEFAULT:  # another task brings a whole configuration
        laid_over, raw = raw, _read(Path("config.yaml"))
        update_config(raw, laid_over)
    return parse_config(raw)


def _read(file: Path) -> dict[str, Any]:
    content = read_file(file)
    if not isinstance(content, dict):
        raise UserError(f"{file} holds no configuration, which is a mapping of keys to values")
    return content


def planned(files: list[Path], remaining: bool) -> dict[str, int]:
    """Return how many jobs of each rule Snakemake plans."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules"]
    command += [] if remaining else ["--forceall"]
    command += ["--configfile", *map(str, files)] if files else []
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise UserError(f"Snakemake cannot plan this run:\n{done.stdout}{done.stderr}")
    table = re.search(r"^-+ +-+\n(.*?)^total", done.stdout + done.stderr, re.MULTILINE | re.DOTALL)
    rows = (line.split() for line in table[1].splitlines()) if table else ()
    return {rule: int(count) for rule, count in rows if rule != "all"}


def subcommand(name: str) -> TyperCommand:
    """Return the subcommand."""
    return command_of(name, cost)
