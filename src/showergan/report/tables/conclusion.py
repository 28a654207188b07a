"""Findings of a run, in a page for a terminal."""

import math
import textwrap
from itertools import chain, zip_longest

import pandas as pd

from showergan.comparison.acceptance import BOUNDS
from showergan.comparison.compared import ALL, AREA, CHOSEN
from showergan.comparison.learning_rates import UNDEFINED
from showergan.comparison.runs import RUN
from showergan.report.exhibits import of_architecture
from showergan.report.style import Style
from showergan.report.texts import compact, counted, formatted, pair, plus_minus, records
from showergan.tasks.found import named

WIDTH = 100  # letters
LABEL_WIDTH = 35

# The acceptance criteria in words, with their bounds, and the columns of some in the table of methods.
WORDS = {
    "fraction": "E/ceiling at least {:g}",
    "shuffled": "bins-E above that of shuffled conditions",
    "physics": "bins-P/ceiling at least {:g}",
    "response": "mean energy as made within a factor {:g} of real showers",
    "resolution": "energy resolution error at most {:g}",
    "failed": "share of failed seeds at most {:.2g}",
    "showers": "showers in every bin",
}
MORE = {
    "failed": " ({n_failed} of {n_seeds})",
    "showers": " (the smallest has {value:.0f}, {bound:.0f} needed)",
}
COLUMNS = {"fraction": "E/\nceiling", "physics": "bins-P/\nceiling", "response": "energy"}

# Findings of the scorecard on physics, whatever the criteria.
PHYSICS = {
    "classifier AUC: physics": (
        "a classifier that sees physics tells generated from real {} with AUC {} (0.5: not at all)"
    ),
    "energy resolution error": "energy resolution error of {1} (0: that of real {0})",
}

MARKS = {"better": "*", "worse": "*", "equivalent": "="}

CRITERIA = (
    "Acceptance criteria for methods with SN at the learning rates they chose, by median seed:"
)
MACHINE = (
    "Numbers are of this machine: another kind of processor rounds otherwise, trainings amplify that, and what hangs "
    "on few seeds changes."
)


def conclusion(
    style: Style,
    summary: pd.DataFrame,
    verdicts: pd.DataFrame,
    robustness: pd.DataFrame,
    acceptance: pd.DataFrame,
    scorecard: pd.DataFrame,
) -> str:
    """Write the comparison, its results, the acceptance criteria that the run meets, and where its files are."""
    run, labels = style.run, style.labels
    if robustness.empty or summary.empty:
        return f"Run {run}: no methods were compared.\n"
    score, first = str(robustness["score"].iloc[0]), str(summary["architecture"].iloc[0])
    compared = _compared(run, summary, style.architectures.get(first, first))
    summary, verdicts, robustness, scorecard = (
        of_architecture(first, table) for table in (summary, verdicts, robustness, scorecard)
    )
    of_task = named(style.task, "The style").acceptance_criteria
    robustness = robustness[robustness["score"] == score]
    acceptance = acceptance[acceptance["criterion"].isin(of_task)]
    known = summary.groupby("score")[["selected", "ceiling", "other_real"]].count().sum(axis=1)
    undefined = known.index[known == 0]  # for real samples, too
    lines = [
        *textwrap.wrap(compared, WIDTH),
        *_scores(style, summary[summary["score"] == score].iloc[0], robustness, acceptance),
        *(textwrap.wrap(f"{', '.join(undefined)}: {UNDEFINED}.", WIDTH) if len(undefined) else []),
        *_verdicts(labels, verdicts[verdicts["score"].isin([score, AREA + score])]),
        *_criteria(of_task, acceptance),
        *_physics(style.task, scorecard[scorecard["method"].isin(acceptance["subject"])]),
        *(textwrap.wrap(MACHINE, WIDTH) if of_task else []),
        f"Look at results/{run}/figures/, results/{run}/tables/ and, after make, report.html.",
    ]
    return "\n".join(lines) + "\n"


def _compared(run: str, summary: pd.DataFrame, first: str) -> str:
    rates = summary.groupby("method")["learning_rates"].nunique()
    n = summary["architecture"].nunique()
    of = f"{n} architectures; what follows is about the first, {first}"
    runs = summary.groupby(RUN)["diverged"].any()
    score = "an epoch without a generator counts as 0"
    diverged = f" {runs.sum()} of {len(runs)} trainings diverged: {score}." if runs.any() else ""
    return (
        f"Run {run}: {counted('method', summary['method'].nunique())} at "
        f"{counted('pair', *rates)} of learning rates, "
        f"{_seeds(summary)}, "
        f"{of if n > 1 else f'{first} discriminator'}.{diverged}"
    )


def _seeds(summary: pd.DataFrame) -> str:
    """Return how many seeds compare methods, and how many others chose their learning rates."""
    tried = summary["tried"].astype(bool)
    judged = summary[summary["chosen"].astype(bool)].groupby("method")["seed"].nunique()
    if tried.all():
        return f"{counted('seed', *judged)} each"
    choosing = counted("seed", summary.loc[tried, "seed"].nunique())
    return f"chosen on {choosing} and tested on {counted('other', *judged)} each"


def _scores(
    style: Style, ends: pd.Series, robustness: pd.DataFrame, acceptance: pd.DataFrame
) -> list[str]:
    """Return a line per method: its score at the best and the worst learning rates, and its area over them."""
    score = ends["score"]
    several = bool((robustness["n_rates"] > 1).any())
    judged = _columns(acceptance)
    rows = []
    for method, label in style.labels.items():
        for row in records(robustness[robustness["method"] == method]):
            line = {"method": textwrap.shorten(label, LABEL_WIDTH, placeholder=" ...")}
            line["best" if several else score] = _known(row["best"], 3)
            if len(set(robustness["n_rates"])) > 1:
                line["pairs"] = str(row["n_rates"])
            if several:
                line["worst"] = _known(row["worst"], 3)
                line["area in\nlog rate"] = _known(row["area"], 3)
            line |= {column: of.get(method, "") for column, of in judged.items() if of}
            rows.append(line)
    real = f"real {style.task} {plus_minus(ends['ceiling'], ends['ceiling_sd'])}"
    if math.isnan(ends["ceiling"]):
        real = f"other real {style.task} {ends['other_real']:.3f}, no exact ceiling"
    shuffled = "" if math.isnan(ends["shuffled"]) else f", shuffled {ends['shuffled']:.3f}"
    among = " at the best and worst rates" * several
    head = f"Mean {score} on test{among} ({real}{shuffled}):"
    return [*textwrap.wrap(head, WIDTH), *_aligned(rows)]


def _columns(acceptance: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the values that criteria judge, by column and method."""
    found: dict[str, dict[str, str]] = {column: {} for column in (*COLUMNS.values(), "failed")}
    for row in records(acceptance[acceptance["criterion"].isin(COLUMNS)]):
        value = compact(row["value"]).replace("nan", "undefined")
        found[COLUMNS[row["criterion"]]][row["subject"]] = value
        found["failed"][row["subject"]] = f"{row['n_failed']}/{row['n_seeds']}"
    return found


def _aligned(rows: list[dict[str, str]]) -> list[str]:
    """Return lines of a table: the first column to the left, numbers to the right."""
    heads = zip_longest(*(column.split("\n") for column in rows[0]), fillvalue="")
    cells = [*heads, *(row.values() for row in rows)]
    first, *others = (max(map(len, column)) for column in zip(*cells, strict=True))
    lines = [
        "  ".join([label.ljust(first), *(n.rjust(w) for n, w in zip(numbers, others, strict=True))])
        for label, *numbers in cells
    ]
    return [f"  {line}".rstrip() for line in lines]


def _verdicts(labels: dict[str, str], rows: pd.DataFrame) -> list[str]:
    """Return a line per choice of learning rates: the methods with a verdict, or all of whose seeds are apart."""
    # The difference of the null, which is not tested, is no finding.
    rows = rows[rows["method"].isin(labels) & (rows["verdict"] != "not tested")]
    if rows.empty:
        return ["Verdicts do not apply: the baseline or every other method was left out."]
    baseline = labels.get(rows["baseline"].iloc[0], str(rows["baseline"].iloc[0]))
    n, needed = int(rows["n_method"].max()), int(rows["n_needed"].max())
    power = f"{counted('seed', n)} decide nothing at 5 %, {needed} could"
    undecidable = (rows["verdict"] == "too few seeds").all()
    sure = power if undecidable else "*: decided at 5 %; =: equivalent"
    where = "where all seeds of one are above all of the other"
    head = f"Minus that of {baseline} at rates of generator, discriminator, {where} ({sure}):"
    lines = textwrap.wrap(head, WIDTH)
    last = (ALL, CHOSEN)
    for choice in sorted(
        rows["learning_rates"].unique(), key=lambda c: last.index(c) if c in last else -1
    ):
        here = rows[rows["learning_rates"] == choice]
        apart = here["probability_of_improvement"].isin([0, 1])
        found = []
        for row in records(here[apart | here["verdict"].isin(MARKS)]):
            decided = MARKS.get(row["verdict"], "")
            noise = " (within noise)" * bool(row["within_noise"])
            text = f"{labels[row['method']]} {row['mean_difference']:+.3f}{decided}{noise}"
            found.append(text.replace(" ", "\N{NO-BREAK SPACE}"))  # not broken between two lines
        name = "all, as an area" if choice == ALL else pair(choice)
        lines += _hanging(f"{name}: ", "; ".join(found) or "no method")
    return lines


def _criteria(of_task: tuple[str, ...], acceptance: pd.DataFrame) -> list[str]:
    """Return the criteria of the task that are not met, that are met, and that do not apply to this run."""
    if not of_task:
        return []
    found: dict[str, list[str]] = {"NOT MET": [], "met": [], "do not apply": []}
    for criterion in of_task:
        rows = acceptance[acceptance["criterion"] == criterion]
        met = "met" if rows["met"].astype(bool).all() else "NOT MET"
        words = WORDS[criterion].format(BOUNDS.get(criterion))
        more = "".join(MORE.get(criterion, "").format(**row) for row in records(rows.head(1)))
        found["do not apply" if rows.empty else met].append(words + more)
    lines = [_hanging(f"{state}: ", "; ".join(texts)) for state, texts in found.items() if texts]
    return [CRITERIA, *chain.from_iterable(lines)]


def _physics(called: str, card: pd.DataFrame) -> list[str]:
    """Return the differences of generated to real samples, from the least to the most over the seeds of methods."""
    found = []
    for title, words in PHYSICS.items():
        values = card.loc[card["chosen"].astype(bool) & (card["title"] == title), "value"]
        if values.notna().any():
            least, most = compact(values.min()), compact(values.max())
            undefined = " or undefined" * bool(values.isna().any())
            found.append(words.format(called, f"{least} to {most}{undefined}"))
    return textwrap.wrap(f"In all of their seeds: {'; '.join(found)}.", WIDTH) if found else []


def _hanging(head: str, text: str) -> list[str]:
    first, others = "  " + head, " " * (2 + len(head))
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _known(value: float, digits: int) -> str:
    return formatted(value, f".{digits}f") or "undefined"
