"""Markdown of what is no Markdown."""

import re


def table(head: str, rows: list[list[str]]) -> str:
    """Return a Markdown table; the names of its columns stand between bars."""
    names = head.split("|")
    lines = [names, ["---"] * len(names), *(map(_cell, row) for row in rows)]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f'<div class="names" markdown>\n\n{text}\n\n</div>'


def _cell(text: str) -> str:
    """Return a text whose bars are none of the table; in code they are none anyway."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else part.replace("|", r"\|") for part in parts)


def one_paragraph(text: str) -> str:
    """Return the first paragraph of a text, in one line."""
    return " ".join(text.partition("\n\n")[0].split())


def escaped(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    return re.sub(r"([*_\[\]])", r"\\\1", text).replace("<", "&lt;")
