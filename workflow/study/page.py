"""Fill the template of a page on a run with numbers of its tables: python page.py TEMPLATE RUN PAGE.

A number that is not in a table cannot be in the page, but for those that the template itself states.
"""

import json
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import typer

from showergan.io.files import atomic_write
from showergan.records.published import RUNS
from showergan.report.texts import formatted, records, share, with_interval, with_minus

NAMES = "tables/verdicts.recipe.json"  # has those of methods and architectures


class Tables:
    """The tables of a run by name: CSV files of its folder."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._read: dict[str, pd.DataFrame] = {}

    def rows(self, name: str, **where: Any) -> list[dict[str, Any]]:
        """Return the rows of a table in which columns have values, or one of a list of values."""
        if name not in self._read:
            self._read[name] = pd.read_csv(self._run / f"{name}.csv")
        table = self._read[name]
        for column, value in where.items():
            table = table[table[column].isin(value if isinstance(value, list) else [value])]
        return records(table)

    def one(self, name: str, **where: Any) -> dict[str, Any]:
        """Return the only such row.

        Raises:
            LookupError: there is none, or more than one.
        """
        found = self.rows(name, **where)
        if len(found) != 1:
            raise LookupError(f"{name}.csv has {len(found)} rows with {where}, not one")
        return found[0]


def page(template: str, run: Path) -> str:
    """Return the page of a run.

    In the template `rows` and `one` are those of `Tables`, `trainings` the rows of the table of published runs, `label`
    and `architecture` the names for readers; `number`, `interval` and `share` write numbers as the tables of the report
    do.
    """
    names = json.loads((run / NAMES).read_text(encoding="utf-8"))
    tables = Tables(run)
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "rows": tables.rows,
        "one": tables.one,
        "label": names["labels"],
        "architecture": names["architectures"],
        "trainings": pd.read_csv(Path("resources", run.name, RUNS)).to_dict("records"),
        "number": lambda value, form=".3f": with_minus(formatted(value, form)),
        "interval": interval,
        "share": share,
    }
    return environment.from_string(template).render()


def interval(value: float, low: float, high: float, form: str = "+.3f") -> str:
    """Return a number with its interval, if it has one."""
    whole = formatted(value, form) if pd.isna(low) else with_interval(value, low, high, form)
    return with_minus(whole)


def main(template: Path, run: Path, out: Path) -> None:
    """Write the page OUT of TEMPLATE and the tables of RUN."""
    try:
        text = page(template.read_text(encoding="utf-8"), run)
    except (LookupError, OSError, jinja2.TemplateError) as error:
        raise SystemExit(f"error: {template}: {error}") from error
    with atomic_write(out) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
