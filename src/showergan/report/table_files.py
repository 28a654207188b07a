"""Tables as files: numbers as CSV, and what people read as Markdown, LaTeX and HTML; and texts."""

import re
from html import escape
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from showergan.io.files import atomic_write
from showergan.report.style import Style

LATEX = {
    **{sign: f"\\{sign}" for sign in "_%&#${}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\^{}"},
    "[": "{[}",  # at the beginning of a row it would be an option of the line before
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"},
    **{"±": r"$\pm$", "λ": r"$\lambda$", "β": r"$\beta$"},
}
# What Markdown takes for more than a sign; a * or _ between blanks, or a _ within a word, it does not.
MARKDOWN = re.compile(r"[\\`<|~$]|\](?=\()|\*(?=\S)|(?<=\S)\*|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)")

# The beginning of a page of tables.
PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<style>
body { font: 14px sans-serif; margin: 1.5em; color: #222 }
h2 { font-size: 1.1em; margin: 1.6em 0 0.5em }
table { border-collapse: collapse; white-space: nowrap }
th, td { text-align: left; padding: 0.3em 1em 0.3em 0; border-bottom: 1px solid #ddd }
th { border-bottom: 2px solid #222; vertical-align: bottom; white-space: normal }
tr:hover td { background: #f3f3f3 }
</style>
"""

# By their titles, parts that fit a page each.
Parts = dict[str, pd.DataFrame]


class Table(NamedTuple):
    """A table: all numbers, and what people read of them."""

    numbers: pd.DataFrame
    parts: Parts


def save_table(style: Style, table: Table, csv: Path, md: Path, tex: Path, html: Path) -> None:
    """Write the numbers as CSV, and the parts, each under its title, as Markdown, LaTeX (booktabs) and HTML.

    LaTeX gets paragraphs and tabulars, to be read into a document, and HTML is a page of its own, which the report
    shows. Columns that are empty throughout are left out where there are rows.
    """
    shown = {
        title: part[[name for name in part if part.empty or part[name].astype(bool).any()]]
        for title, part in table.parts.items()
    }
    with atomic_write(csv) as temporary:
        table.numbers.to_csv(temporary, index=False)
    for path, beginning, written in ((md, "", _markdown), (tex, "", _latex), (html, PAGE, _html)):
        save_text(style, beginning + "\n".join(written(*part) for part in shown.items()), path)


def save_text(style: Style, text: str, path: Path) -> None:
    """Write a text."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _markdown(title: str, part: pd.DataFrame) -> str:
    texts = part.rename(columns=markdown).map(markdown)
    return f"**{markdown(title)}**\n\n{texts.to_markdown(index=False, disable_numparse=True)}\n"


def _latex(title: str, part: pd.DataFrame) -> str:
    texts = part.rename(columns=latex).map(latex)
    tabular = texts.to_latex(index=False, escape=False)
    return f"\\paragraph{{{latex(title)}}}\\leavevmode\n\n{tabular}"


def _html(title: str, part: pd.DataFrame) -> str:
    return f"<h2>{escape(title)}</h2>\n{part.to_html(index=False, border=0)}\n"


def latex(text: str) -> str:
    """Return a text with LaTeX's special characters escaped; ± and Greek letters become formulas."""
    return "".join(LATEX.get(sign, sign) for sign in text)


def markdown(text: str) -> str:
    """Return a text with what Markdown would take for a column, a tag or a layout escaped."""
    return MARKDOWN.sub(r"\\\g<0>", text)
