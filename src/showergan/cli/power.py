"""The subcommand `seeds`: how many seeds a comparison of methods needs, before anything is trained."""

from functools import partial
from typing import Annotated

import pandas as pd
import typer
from typer.core import TyperCommand

from showergan.cli.options import command_of
from showergan.config.evaluation import LEVEL

Several = list[float] | None


def seeds(
    sd: Annotated[
        list[float], typer.Option(help="standard deviation of a score over seeds", min=1e-9)
    ],
    difference: Annotated[
        Several, typer.Option(help="of means, to be called better or worse", min=1e-9)
    ] = None,
    margin: Annotated[
        Several, typer.Option(help="of equivalence, for methods that do not differ", min=1e-9)
    ] = None,
    comparisons: Annotated[int, typer.Option(help="methods beside the baseline", min=1)] = 1,
    ratio: Annotated[int, typer.Option(help="seeds of the baseline for each of theirs", min=1)] = 1,
    level: Annotated[
        float, typer.Option(help="of all verdicts together", min=1e-6, max=0.5)
    ] = LEVEL,
    power: Annotated[
        float, typer.Option(help="probability of a verdict", min=0.01, max=0.999)
    ] = 0.8,
) -> None:
    """Print how many seeds a comparison of methods needs, those of each method; of equal ones within a margin, too."""
    # SciPy is slow to import.
    from showergan.comparison.power import seeds_needed

    asked = {f"difference {d:g}": (d, False) for d in difference or []}
    asked |= {f"equivalence within {m:g}": (m, True) for m in margin or []}
    needed = partial(seeds_needed, comparisons=comparisons, ratio=ratio, level=level, power=power)
    rows = [
        {"sd": f"{s:g}"}
        | {name: str(needed(size, s, equivalence=equal)) for name, (size, equal) in asked.items()}
        for s in sd
    ]
    print(pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True))


def subcommand(name: str) -> TyperCommand:
    """Return the subcommand."""
    return command_of(name, seeds)
