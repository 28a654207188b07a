"""Texts of labels and numbers, also in narrow places, and of the metrics of one file."""

import math
import re
import textwrap
from typing import Any

import pandas as pd

from showergan.metrics.metric import KEY, Entry

FORMULA = re.compile(r"(?<!\\)\$[^$]*\$")
SHOWN = 6  # letters that a formula takes, about, however long its source is


def wrapped(label: str, width: int) -> str:
    """Break a label into lines of about `width` characters, never inside a word or around "="."""
    unbroken = label.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(unbroken, width, break_long_words=False, break_on_hyphens=False)


def fitted(label: str, width: int) -> str:
    """Break a label into lines of about `width` shown characters; a formula counts as a short word."""
    formulas = FORMULA.findall(label)
    # A stand-in of the shown length, of a letter that no label has.
    text = wrapped(FORMULA.sub("\0" * SHOWN, label), width)
    for formula in formulas:
        text = text.replace("\0" * SHOWN, formula, 1)
    return text


def pair(learning_rates: str) -> str:
    """Return a pair of learning rates, generator and discriminator, as people read it; "chosen" stays."""
    return str(learning_rates).replace("_", ", ")


def rates_in_words(learning_rates: str) -> str:
    """Return the meaning of a pair, "0.001_1e-05" say."""
    generator, discriminator = learning_rates.split("_")
    return f"learning rates: generator {generator}, discriminator {discriminator}"


def labelled(rows: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the rows of labelled methods in the order of the labels, with the column `label`.

    The architecture stands in a label only where there are several.
    """
    place = {method: i for i, method in enumerate(labels)}
    rows = rows[rows["method"].isin(labels)].sort_values(
        "method", key=lambda methods: methods.map(place), kind="stable"
    )
    label = rows["method"].map(labels)
    if rows["architecture"].nunique() > 1:
        label = label + " " + rows["architecture"]
    return rows.assign(label=label)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def sentence(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[0].upper() + text[1:]


def compact(value: float) -> str:
    """Return a number of any size in at most about seven characters: 0.72, 12.3, 3305, 1.4e28, 7e-4."""
    size = abs(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if size >= 99_999.5 or size < 0.001:
        digits, power = f"{value:.{1 if size > 1 else 0}e}".split("e")
        return f"{digits}e{int(power)}"
    if size >= 99.95:
        return f"{value:.0f}"
    if size >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.00995 else f"{value:.3f}"


def plus_minus(mean: float, sd: float) -> str:
    """Return "0.766 ± 0.040", "(1.4 ± 0.3)e28", one number without an sd, and nothing without a mean."""
    if pd.isna(mean):
        return ""
    spread = 0.0 if pd.isna(sd) or not math.isfinite(sd) else sd
    size = max(abs(mean), spread)
    if not math.isfinite(size):
        return compact(mean)
    power = math.floor(math.log10(size)) if size > 0 else 0
    scaled = not -3 <= power <= 4
    decimals = 1 if scaled else max(0, min(3, 3 - power))
    shown, unit = (10.0**power, f"e{power}") if scaled else (1.0, "")
    if pd.isna(sd):
        return f"{mean / shown:.{decimals}f}{unit}"
    both = f"{mean / shown:.{decimals}f} ± {sd / shown:.{decimals}f}"
    return f"({both}){unit}" if scaled else both


def with_interval(value: float, low: float, high: float, form: str = ".3f") -> str:
    """Return "0.766 [0.741, 0.791]", a dash in place of an interval that there is not, and nothing without a value."""
    if pd.isna(value):
        return ""
    ends = "-" if pd.isna(low) else f"{low:{form}}, {high:{form}}"
    return f"{value:{form}} [{ends}]"


def share(hits: float, n: float, low: float, high: float) -> str:
    """Return a number among others with the interval of its share: "1 of 5 [0.04, 0.62]"; nothing without a number."""
    return "" if pd.isna(hits) else f"{hits:.0f} of {n:.0f} [{low:.2f}, {high:.2f}]"


def formatted(value: float, form: str) -> str:
    """Return a number in a format, and nothing where there is none."""
    return "" if pd.isna(value) else f"{value:{form}}"


def with_minus(text: str) -> str:
    """Return the text of a number with the sign that is as wide as a plus."""
    return text.replace("-", "\N{MINUS SIGN}")


def counted(noun: str, *numbers: float) -> str:
    """Return the least and the most of some numbers of things: "1 seed", "3 seeds", "2 to 3 seeds"."""
    least, most = int(min(numbers)), int(max(numbers))
    number = f"{least}" if least == most else f"{least} to {most}"
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


def file_table(metrics: pd.DataFrame, entries: list[Entry]) -> str:
    """Return the entries of the scorecard of what `evaluate_file` returned, one per line, within about 80 letters."""
    found = metrics.set_index(KEY)
    real = "other_real" if metrics["ceiling"].isna().all() else "ceiling"
    rows = []
    for *place, title in (entry for entry in entries if entry[:3] in found.index):
        row = found.loc[[tuple(place)]].iloc[0]
        fraction = row["fraction_of_ceiling"]
        # Of several bins the smallest counts.
        fewer = "" if row["n"] == metrics["n"].max() else "\N{GREATER-THAN OR EQUAL TO} "
        line = {
            "metric": title,
            "value": plus_minus(row["value"], row["event_sd"]),
            real.replace("_", " "): plus_minus(row[real], row[f"{real}_sd"]),
            "shuffled": compact(row["shuffled"]) if math.isfinite(row["shuffled"]) else "",
        }
        line = {name: text or "undefined" for name, text in line.items()}
        line["fraction"] = f"{fraction:.0%}" if math.isfinite(fraction) else ""
        rows.append({**line, "n": f"{fewer}{row['n']:.0f}"})
    return pd.DataFrame(rows).to_markdown(index=False, tablefmt="simple", disable_numparse=True)
