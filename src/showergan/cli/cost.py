"""The subcommand that says what a run will take before it runs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from snakemake.utils import update_config

from showergan.config.keys import read_file
from showergan.config.tasks.found import DEFAULT
from showergan.config.whole import Config, parse_config
from showergan.errors import UserError
from showergan.io.files import say
from showergan.records import cost as model

HOUR, DAY = 3600, 24 * 3600
RULE_WIDTH = 26


def cost(
    configfile: Annotated[
        list[Path] | None,
        typer.Option(help="as of snakemake, in the same order; once for each. By default none"),
    ] = None,
    measured: Annotated[
        Path, typer.Option(help="a finished run that tells what jobs take: results/RUN")
    ] = Path("results/default"),
    n_train: Annotated[
        int | None, typer.Option(help="training samples, where only the data tell how many")
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
    """Say what a run will take before it runs: jobs, hours, memory, files. The folder must be that of the workflow."""
    files = configfile or []
    of = model.measured(measured)
    config = config_of(files)
    rows = model.estimate(config, planned(files, remaining), of, n_train)
    print(_table(rows, speed))
    for n in devices or [1]:
        print(f"on {n} at once: {_time(model.clock(rows, n) / speed)}")
    if not model.is_like(config, of):
        say(
            f"warning: {measured} did not train all these networks on batches of this size, and steps of others take "
            "another time. Run one epoch with one seed first, see docs/cost.md, and give it as --measured."
        )
    if of_others := [f"{row.rule} ({row.like})" for row in rows if row.like]:
        say(f"not measured in {measured}, and taken from other jobs: {', '.join(of_others)}")


def _table(rows: list[model.Row], speed: float) -> str:
    """Return a line for each rule, figures and tables together."""
    shown = [row for row in rows if row.rule.startswith(("figure_", "table_"))]
    lines = [row for row in rows if row not in shown]
    head = f"{'rule':{RULE_WIDTH}}{'jobs':>7}{'hours':>10}{'longest':>11}{'memory':>9}{'files':>10}"
    parts = [head, *(_line(row.rule, [row], speed) for row in lines)]
    if shown:
        parts.append(_line("figures and tables", shown, speed))
    return "\n".join([*parts, _line("all", [*lines, *shown], speed)])


def _line(name: str, rows: list[model.Row], speed: float) -> str:
    hours = sum(row.seconds for row in rows) / HOUR / speed
    longest = _time(max(row.longest for row in rows) / speed)
    memory = f"{max(row.memory_MB for row in rows):.0f} MB"
    files = f"{sum(row.stored_MB for row in rows):.0f} MB"
    n = sum(row.n for row in rows)
    return f"{name:{RULE_WIDTH}}{n:>7}{hours:>10.3f}{longest:>11}{memory:>9}{files:>10}"


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
