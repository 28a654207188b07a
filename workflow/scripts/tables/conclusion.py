"""What the run found, in words."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.files import write_aside
from showergan.rendering.conclusion import conclusion
from showergan.rendering.script import stderr_to

with stderr_to(snakemake.log[0]):
    labels = dict(json.loads(snakemake.params.recipe)["labels"])
    tables = ("summary", "verdicts", "robustness", "bars")
    frames = (pd.read_csv(snakemake.input[name]) for name in tables)
    text = conclusion(snakemake.wildcards.run, labels, *frames)
    with write_aside(Path(snakemake.output[0])) as aside:
        aside.write_text(text, encoding="utf-8")
