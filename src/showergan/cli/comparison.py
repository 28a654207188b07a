"""Subcommands that compare runs; and the schema of what they compare."""

from pathlib import Path
from typing import Annotated

import typer

from showergan.cli.options import Input, Output, Recipe, app
from showergan.cli.output import write_table
from showergan.config import Config
from showergan.recipes import (
    BarsRecipe,
    ScorecardRecipe,
    SummaryRecipe,
    VerdictRecipe,
    parse_recipe,
)


@app.command()
def summarise(
    metrics: Annotated[list[Path], typer.Argument(help="metrics.csv of every run")],
    anchors: Input,
    recipe: Recipe,
    out: Output,
    grid: Output,
) -> None:
    """Gather all runs into one row per run and score, and say which learning rates stand for a method."""
    import pandas as pd

    from showergan.comparison.summary import learning_rate_grid, run_of
    from showergan.comparison.summary import summarise as gather

    settings = parse_recipe(SummaryRecipe, recipe)
    choice = settings.choose_by, settings.own_learning_rates
    runs = [(run_of(path), path) for path in metrics]
    summary = gather(runs, pd.read_csv(anchors, dtype={"bin": str}), *choice)
    write_table(learning_rate_grid(summary, *choice), grid)
    write_table(summary, out)


@app.command()
def scorecard(
    metrics: Annotated[list[Path], typer.Argument(help="metrics.csv of every run")],
    anchors: Input,
    summary: Input,
    recipe: Recipe,
    out: Output,
    agreement: Output,
    failures: Output,
) -> None:
    """Judge every run by every metric at its chosen epoch; count failures, and agreement between metrics."""
    import pandas as pd

    from showergan.comparison.failures import failures as failures_of
    from showergan.comparison.rank_agreement import rank_agreement
    from showergan.comparison.scorecard import read_runs
    from showergan.comparison.scorecard import scorecard as judge
    from showergan.comparison.summary import run_of

    choose_by = parse_recipe(ScorecardRecipe, recipe).choose_by
    inputs = (
        read_runs([(run_of(path), path) for path in metrics]),
        pd.read_csv(anchors, dtype={"bin": str}),
        pd.read_csv(summary),
        choose_by,
    )
    card = judge(*inputs)
    write_table(rank_agreement(card), agreement)
    write_table(failures_of(*inputs), failures)
    write_table(card, out)


@app.command()
def verdicts(summary: Input, grid: Input, recipe: Recipe, out: Output, robustness: Output) -> None:
    """Test every method against a baseline over paired seeds; say how much hangs on its learning rates."""
    import pandas as pd

    from showergan.comparison.robustness import robustness as hold
    from showergan.comparison.verdicts import verdicts as decide

    settings = parse_recipe(VerdictRecipe, recipe)
    write_table(hold(pd.read_csv(grid)), robustness)
    write_table(decide(pd.read_csv(summary), settings.baseline, settings.null), out)


@app.command()
def bars(
    scorecard: Input, failures: Input, anchors: Input, verdicts: Input, recipe: Recipe, out: Output
) -> None:
    """Hold the run against what makes it worth comparing."""
    import pandas as pd

    from showergan.comparison.bars import bars as held

    chosen = parse_recipe(BarsRecipe, recipe)
    table = held(
        pd.read_csv(scorecard),
        pd.read_csv(failures),
        pd.read_csv(anchors, dtype={"bin": str}),
        pd.read_csv(verdicts),
        bounded=chosen.bounded,
        fewest=chosen.fewest,
    )
    write_table(table, out)


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration as YAML."""
    import yaml

    print(yaml.safe_dump(Config.model_json_schema(), sort_keys=False, allow_unicode=True), end="")
