"""Measure what a job takes that does next to nothing: start of the process, imports, reading and writing.

python benchmarks/overhead.py
"""

import json
import tempfile
from pathlib import Path

from small_toys import CONFIG, make, recipe, run


def main() -> None:
    """Print a line per command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        used = make(folder)
        [metrics], [history] = folder.rglob("metrics.csv"), folder.rglob("history.csv")
        files = {
            key: folder / f"{key}.csv"
            for key in ("anchors", "summary", "grid", "scorecard", "failures", "agreement")
        }
        summary, anchors = ("--summary", files["summary"]), ("--anchors", files["anchors"])
        grid = ("--grid", files["grid"])
        used["choose"] = run("choose", metrics, *recipe("choose"), "--out", files["grid"])
        used["summarise"] = run(
            *("summarise", metrics, *anchors, *grid, *recipe("summarise")),
            *("--out", files["summary"]),
        )
        ends = [w for k in ("agreement", "failures") for w in (f"--{k}", files[k])]
        used["scorecard"] = run(
            *("scorecard", metrics, *anchors, *summary, *recipe("scorecard")),
            *("--out", files["scorecard"], *ends),
        )
        style = json.dumps({"labels": {name: m.label for name, m in CONFIG.sorted_methods.items()}})
        shared = ("--style", style, "--provenance", folder / "made.provenance.json")
        drawn = [w for kind in ("png", "pdf") for w in (f"--{kind}", folder / f"losses.{kind}")]
        used["figure losses"] = run(
            *("figure", "losses", "--histories", history, *grid), *shared, *drawn
        )
        written = [
            w for kind in ("csv", "md", "tex", "html") for w in (f"--{kind}", folder / f"f.{kind}")
        ]
        used["table failures"] = run(
            *("table", "failures", "--failures", files["failures"]), *shared, *written
        )
    for command, what in used.items():
        print(f"{command:14} {what}")


if __name__ == "__main__":
    main()
