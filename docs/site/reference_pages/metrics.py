"""The metrics of every task, from the registry."""

from reference_pages.markdown import escaped, table
from showergan.config.tasks.found import DEFAULT
from showergan.metrics.metric import Metric
from showergan.tasks.found import TASKS


def page() -> str:
    """Return the page of all metrics, those that every task has first."""
    registries = {name: list(task.metrics) for name, task in TASKS.items()}
    shared = [m for m in registries[DEFAULT] if all(m in of for of in registries.values())]
    text = [
        "# Metrics",
        "Made from the registry (`src/showergan/metrics/metric.py`), which measurement, scorecard and tables read. "
        "What each metric sees and what it is blind to says [a page of its own](../metrics.md), and what the spaces "
        "are. *From below* means that higher is better, *from above* that lower is; the worst is the end of its scale "
        "on the scorecard. *Points* are all spaces in which the task has points, *quantity* is each of its quantities.",
        "## Of every task",
        metric_table(shared),
    ]
    for name in sorted(registries, key=lambda name: name != DEFAULT):
        own = [m for m in registries[name] if m not in shared]
        if own:
            text += [f"## Of {name} besides", metric_table(own)]
    return "\n\n".join(text) + "\n"


def metric_table(found: list[Metric]) -> str:
    """Return the table of some metrics."""
    return table("metric [unit]|spaces|best|worst|definition", [row_of(metric) for metric in found])


def row_of(metric: Metric) -> list[str]:
    """Return the cells of a metric."""
    best = "that of real" if metric.best is None else f"{metric.best:.3g}"
    way = {"higher": ", from below", "lower": ", from above", "target": ""}[metric.direction]
    worst = "that of untrained" if metric.worst is None else f"{metric.worst:g}"
    needs = f"; needs {' and '.join(sorted(metric.needs))}" if metric.needs else ""
    return [
        f"`{metric.name}`" + (f" [{metric.unit}]" if metric.unit else ""),
        escaped(", ".join(metric.spaces)),
        best + way,
        "" if metric.direction == "target" and not metric.shown else worst,
        escaped(metric.definition) + needs,
    ]
