"""What subcommands write: results to files, what a person reads to stderr."""

import json
import sys
from pathlib import Path
from typing import Any

from showergan.files import write_aside


def say(text: str) -> None:
    """Write a line to stderr at once."""
    print(text, file=sys.stderr, flush=True)


def write_table(frame: Any, path: Path) -> None:
    """Write a data frame as CSV."""
    with write_aside(path) as aside:
        frame.to_csv(aside, index=False)


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a dictionary as indented JSON."""
    with write_aside(path) as aside:
        aside.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
