"""What a table is, and how it is written: as numbers, as Markdown and as LaTeX; and how a text is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from showergan.drawing.style import Style
from showergan.files import write_aside
from showergan.heavy import pd

LATEX = {
    **{sign: f"\\{sign}" for sign in "_%&#${}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}"},
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"},
    **{"±": r"$\pm$", "λ": r"$\lambda$", "β": r"$\beta$"},
}
# What Markdown takes for more than a sign; a * or _ between blanks, or a _ within a word, it does not.
MARKDOWN = re.compile(r"[\\`<|~$]|\](?=\()|\*(?=\S)|(?<=\S)\*|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)")

# By their titles, parts that fit a page each.
Parts = dict[str, "pd.DataFrame"]


class Table(NamedTuple):
    """A table: all numbers, and what people read of them."""

    numbers: pd.DataFrame
    parts: Parts


def save_table(style: Style, table: Table, csv: Path, md: Path, tex: Path) -> None:
    """Write the numbers as CSV, and the parts of the table as Markdown and as LaTeX (booktabs), each under its title.

    LaTeX gets paragraphs and tabulars, to be read into a document; columns that are empty throughout are left out.
    """
    shown = {title: _filled(part) for title, part in table.parts.items()}
    with write_aside(csv) as aside:
        table.numbers.to_csv(aside, index=False)
    with write_aside(md) as aside:
        written = [
            f"**{markdown(title)}**\n\n"
            + part.rename(columns=markdown)
            .map(markdown)
            .to_markdown(index=False, disable_numparse=True)
            + "\n"
            for title, part in shown.items()
        ]
        aside.write_text("\n".join(written), encoding="utf-8")
    with write_aside(tex) as aside:
        written = [
            f"\\paragraph{{{latex(title)}}}\\leavevmode\n\n"
            + part.rename(columns=latex).map(latex).to_latex(index=False, escape=False)
            for title, part in shown.items()
        ]
        aside.write_text("\n".join(written), encoding="utf-8")


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of texts without the columns that are empty throughout; one without rows keeps them all."""
    return table[[column for column in table if table.empty or table[column].astype(bool).any()]]


def save_text(style: Style, text: str, txt: Path) -> None:
    """Write a text."""
    with write_aside(txt) as aside:
        aside.write_text(text, encoding="utf-8")


def latex(text: str) -> str:
    """Return a text with LaTeX's special characters escaped; ± and Greek letters become formulas."""
    return "".join(LATEX.get(sign, sign) for sign in text)


def markdown(text: str) -> str:
    """Return a text with what Markdown would take for a column, a tag or a layout escaped."""
    return MARKDOWN.sub(r"\\\g<0>", text)
