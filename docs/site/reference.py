"""The pages of the reference, made from what they are about: models, command line, registry, docstrings, catalogue."""

import inspect
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import showergan
import typer
import yaml
from snakemake.utils import update_config

from showergan.cli import app
from showergan.cli.options import LateCommand, keys_of
from showergan.config.catalogue.exhibit import Exhibit, exhibits
from showergan.config.recipes.found import RECIPES
from showergan.config.tasks.found import SPECS
from showergan.config.whole import Config, config_of, parse_config
from showergan.metrics.metric import Metric
from showergan.tasks.found import TASKS

ROOT = Path(__file__).parents[2]
Schema = dict[str, Any]


def pages() -> dict[str, str]:
    """Return the text of each page by its path below docs/."""
    return {
        "reference/configuration.md": configuration(),
        "reference/command_line.md": command_line(),
        "reference/metrics.md": metrics(),
        "reference/python.md": python(),
        "gallery.md": gallery(),
    }


def table(head: str, rows: list[list[str]]) -> str:
    """Return a Markdown table; the names of its columns stand between bars."""
    names = head.split("|")
    lines = [names, ["---"] * len(names), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- configuration -------------------------------------------------------------------------------------------------


def configuration() -> str:
    """Return the page of all keys of a configuration, of every task."""
    text = [
        "# Configuration",
        "Made from the models that check a configuration (`src/showergan/config/`): every key, what it may be, its "
        "default and its meaning. An unknown key, a wrong type or an impossible value stops before any job, with a "
        "message that names the key.",
        "For showers the file given by `--configfile` lies over `config.yaml`, so that a key which neither names has its "
        "default, and one which `config.yaml` names has the value in the column *config.yaml*. "
        "The configuration of another task is a whole one and has defaults alone.",
    ]
    done: set[str] = set()
    own = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    for name in sorted(SPECS, key=lambda name: name != showers()):
        schema = config_of(SPECS[name]).model_json_schema()
        models = schema.get("$defs", {})
        given = own if name == showers() else None
        if name == showers():
            text += ["## The whole file", *section_table(schema, models, given)]
        else:
            text += [f"## Keys of {name} alone", f"`task: {name}`. {one_paragraph(SPECS[name].about)}"]
        for key, value in schema["properties"].items():
            top = [key if name == showers() else f"{key} of {name}"]
            nested = list(sections(value, top, models, done, below(given, key)))
            text += [part for part in nested if part]
    return "\n\n".join(text) + "\n"


def showers() -> str:
    """Return the name of the default task."""
    from showergan.config.tasks.found import DEFAULT

    return DEFAULT


def below(given: Any, key: str) -> Any:
    """Return what config.yaml has at a key, None where it has nothing."""
    return given.get(key) if isinstance(given, dict) else None


def sections(
    value: Schema, path: list[str], models: dict[str, Schema], done: set[str], given: Any
) -> Iterator[str]:
    """Return heading, text and table of each model that a value refers to, those within them after it."""
    for name, at in referred(value, path):
        if name in done:
            continue
        done.add(name)
        model = models[name]
        kind = model["properties"].get("kind", {}).get("const")
        where = ".".join(at)
        title = f"`{where}`" + (f", `kind: {kind}`" if kind else "")
        yield f"{'##' if len(at) == 1 and not kind else '###'} {title} {{ #{name.lower()} }}"
        yield model.get("description", "")
        yield from section_table(model, models, given)
        for key, inner in model["properties"].items():
            yield from sections(inner, [*at, key], models, done, below(given, key))


def referred(value: Schema, path: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Return the names of the models that a value may be, each with the path to it."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], path
    for choice in (*value.get("anyOf", ()), *value.get("oneOf", ())):
        yield from referred(choice, path)
    for one in (value.get("items"), value.get("additionalProperties")):
        if isinstance(one, dict):
            yield from referred(one, path)
    for one in value.get("patternProperties", {}).values():
        yield from referred(one, [*path, "NAME"])


def section_table(model: Schema, models: dict[str, Schema], given: Any) -> Iterator[str]:
    """Return the table of the keys of a model."""
    needed = model.get("required", ())
    rows = []
    for key, value in model["properties"].items():
        if key == "kind":
            continue
        is_section = "$ref" in value
        meaning = value.get("description") or one_paragraph(first_model(value, models))
        default = "needed" if key in needed else "" if is_section else code(value.get("default"))
        row = [f"`{key}`", kind_of(value, models), default, escaped(meaning)]
        if given is not None:
            written = below(given, key)
            shown = key in given and not isinstance(written, dict)
            row.insert(3, code(written) if shown else "")
        rows.append(row)
    if rows:
        column = "config.yaml|" if given is not None else ""
        yield table(f"key|what it may be|default|{column}meaning", rows)


def first_model(value: Schema, models: dict[str, Schema]) -> str:
    """Return what the first model that a value refers to says of itself."""
    return next((models[name].get("description", "") for name, _ in referred(value, [])), "")


def one_paragraph(text: str) -> str:
    """Return the first paragraph of a text, in one line."""
    return " ".join(text.partition("\n\n")[0].split())


def escaped(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    return re.sub(r"([*_<\[\]])", r"\\\1", text)


def code(value: Any) -> str:
    """Return a value as YAML writes it, in one line; nothing for a section, which has a table of its own."""
    if isinstance(value, dict) and value:
        return f"`kind: {value['kind']}`" if "kind" in value else ""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return f"`{text.strip().removesuffix('...').strip()}`"


def kind_of(value: Schema, models: dict[str, Schema]) -> str:
    """Return what a value may be, in words: type or choices, with its bounds."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        kind = models[name]["properties"].get("kind", {}).get("const")
        return f"[{f'`kind: {kind}`' if kind else 'section'}](#{name.lower()})"
    choices = [*value.get("anyOf", ()), *value.get("oneOf", ())]
    if choices:
        return " or ".join(kind_of(choice, models) for choice in choices)
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return ", ".join(map(code, value["enum"]))
    if "prefixItems" in value:
        return f"list: {', '.join(kind_of(one, models) for one in value['prefixItems'])}"
    if "items" in value:
        least = f", at least {value['minItems']}" if value.get("minItems") else ""
        return f"list of: {kind_of(value['items'], models)}{least}"
    named = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
    if value.get("type") == "object":
        inner = " or ".join(kind_of(one, models) for one in named if isinstance(one, dict))
        return f"NAME: {inner}"
    return {"string": "text", "boolean": "`true`, `false`", "null": "`null`"}.get(
        value["type"], value["type"]
    ) + bounds(value)


def bounds(value: Schema) -> str:
    """Return the bounds of a number, or the length and the form of a text."""
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{sign} {value[name]:,}".replace(",", " ") for name, sign in signs.items() if name in value]
    if value.get("minLength"):
        found.append("not empty")
    if "maxLength" in value:
        found.append(f"at most {value['maxLength']} characters")
    if value.get("pattern", "").startswith("^[A-Za-z]"):
        found.append("letters, digits and _")
    return f" {', '.join(found)}" if found else ""


# --- command line --------------------------------------------------------------------------------------------------

OTHERS = "Besides the steps"


def command_line() -> str:
    """Return the page of all subcommands."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="showergan")
    text = [
        "# Command line",
        "Made from the program itself; `showergan --help` and `showergan COMMAND --help` say the same. The workflow calls "
        "the steps; each can be typed, too ([running](../running.md#steps-by-hand)). Results go to files, what a person "
        "reads goes to stderr. Exit status: 0 done, 1 an error with a message, 2 a command that is not understood, 75 "
        "stopped with its state saved.",
    ]
    panels: dict[str, list[tuple[str, Any]]] = {}
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        panels.setdefault(getattr(command, "rich_help_panel", None) or OTHERS, []).append(
            (name, command)
        )
    for panel in sorted(panels, key=lambda panel: panel != OTHERS):
        text.append(f"## {panel}")
        for name, command in panels[panel]:
            text += subcommand(name, whole(command))
    return "\n\n".join(text) + "\n"


def whole(command: Any) -> Any:
    """Return a subcommand with its options."""
    return command.whole() if isinstance(command, LateCommand) else command


def subcommand(name: str, command: Any) -> Iterator[str]:
    """Return heading, help and options of a subcommand; a group of them has a table of those within."""
    yield f"### `showergan {name}`"
    yield escaped(inspect.cleandoc(command.help or ""))
    within = getattr(command, "commands", {})
    if within:
        yield f"`showergan {name} NAME --help` lists the files that it reads and writes and the keys of its style."
        yield table("NAME|what it shows", [[f"`{key}`", escaped(one.help)] for key, one in within.items()])
        return
    context = typer.Context(command, info_name=name)
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    rows = [[f"`{named}`", escaped(meaning)] for named, meaning in filter(None, records) if named != "--help"]
    if rows:
        yield table("option|meaning", rows)
    recipe = RECIPES.get(name.replace("-", "_"))
    if recipe:
        lines = [key_line(line) for line in keys_of(recipe).splitlines()]
        if lines:
            yield '??? note "Keys of the recipe"\n\n' + "\n".join(lines)


def key_line(line: str) -> str:
    """Return a line "- key: meaning" as one of an indented list in Markdown."""
    key, _, meaning = line.removeprefix("- ").partition(": ")
    return f"    - `{key}`: {escaped(meaning)}"


# --- metrics -------------------------------------------------------------------------------------------------------


def metrics() -> str:
    """Return the page of all metrics, those that every task has first."""
    registries = {name: list(task.metrics) for name, task in TASKS.items()}
    shared = [m for m in registries[showers()] if all(m in of for of in registries.values())]
    text = [
        "# Metrics",
        "Made from the registry (`src/showergan/metrics/metric.py`), which measurement, scorecard and tables read. What "
        "each score sees and what it is blind to says [its own page](../metrics.md), and there also stands what the spaces "
        "are. *From below* means that higher is better, *from above* that lower is; the worst is the end of its scale on "
        "the scorecard. *Points* are all spaces in which the task has points, *quantity* is each quantity of the task.",
        "## Of every task",
        metric_table(shared),
    ]
    for name in sorted(registries, key=lambda name: name != showers()):
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


# --- Python --------------------------------------------------------------------------------------------------------


def python() -> str:
    """Return the page of the public names, each of which mkdocstrings replaces by its docstring."""
    text = [
        "# Python API",
        "The names below are the package's own: `import showergan`, then `showergan.NAME`. All else may move from "
        "version to version. Importing the package is quick; a name loads what it needs when it is first used.",
    ]
    for name in sorted(set(showergan.__all__) - {"__version__"}, key=str.casefold):
        found = getattr(showergan, name)
        options = f"      heading: showergan.{name}\n      heading_level: 2"
        text.append(f"::: {found.__module__}.{found.__qualname__}\n    options:\n{options}")
    return "\n\n".join(text) + "\n"


# --- gallery -------------------------------------------------------------------------------------------------------

# Configurations in whose runs a figure may be drawn, each after those that it lies over; the first that draws it is named.
RUNS = (
    *((), ("all_methods",), ("all_methods", "paper"), ("study",)),
    *(("toys",), ("digits",), ("text",)),
    *(("wgan/toys",), ("wgan/loss_meaning_digits",), ("wgan/architectures",), ("wgan/random_architectures",)),
)


def gallery() -> str:
    """Return the page of all figures: those that have a picture, with caption and command, and the others in a table."""
    configurations = {files: configuration_of(files) for files in RUNS}
    text = [
        "# Gallery",
        "Every figure is drawn from the tables of a run, by one command, and drawn again only when its own code or its "
        "data change. `snakemake --cores all` draws all that a run has something to show for; the commands below draw one. "
        "The pictures are of one run each, on one machine, as its command makes them: another kind of processor, and "
        "other seeds, give other numbers.",
    ]
    others = []
    section = ""
    for exhibit, task in catalogue():
        files = next((f for f, c in configurations.items() if drawn(exhibit, task, c)), None)
        if files is None:
            raise ValueError(f"{exhibit.name}: no configuration in RUNS draws it; add one that does")
        run = configurations[files].run
        command = f"snakemake --cores all results/{run}/figures/{exhibit.name}.png"
        if files:
            command += " --configfile " + " ".join(f"experiments/{file}.yaml" for file in files)
        title = exhibit.title.lstrip("0123456789 ")
        picture = picture_of(exhibit.name)
        if picture is None:
            others.append([title, f"`{command}`"])
            continue
        if section != exhibit.section:
            section = exhibit.section
            text.append(f"## {section.lstrip('0123456789 ')}")
        text += [
            f"### {title} {{ #{exhibit.name} }}",
            f"```sh\n{command}\n```",
            f"![{title}]({picture})",
            caption(exhibit.caption or exhibit.name),
        ]
    text += ["## Others", table("figure|command", others)]
    return "\n\n".join(text) + "\n"


def catalogue() -> list[tuple[Exhibit, str]]:
    """Return all figures in the order of the report, each with the task that has it, "" for any."""
    any_task = exhibits("figures", [])
    found = [(exhibit, "") for exhibit in any_task.values()]
    for name in SPECS:
        found += [(e, name) for key, e in exhibits("figures", [name]).items() if key not in any_task]
    return sorted(found, key=lambda one: (one[0].section, one[0].title))


def configuration_of(files: tuple[str, ...]) -> Config:
    """Return the configuration of files of experiments/, of showers laid over config.yaml."""
    load = partial(Path.read_text, encoding="utf-8")
    raws = [yaml.safe_load(load(ROOT / f"experiments/{file}.yaml")) for file in files]
    whole: dict[str, Any] = {}
    if all(raw.get("task", showers()) == showers() for raw in raws):
        whole = yaml.safe_load(load(ROOT / "config.yaml"))
    for raw in raws:
        update_config(whole, raw)
    return parse_config(whole)


def drawn(exhibit: Exhibit, task: str, config: Config) -> bool:
    """Return whether a run of a configuration draws a figure."""
    return task in ("", config.task) and exhibit.applicable(config)


def picture_of(name: str) -> str | None:
    """Return the path of the picture of a figure below docs/, where there is one."""
    found = (f"{name}.png", f"gallery/{name}.png")
    return next((path for path in found if (ROOT / "docs" / path).is_file()), None)


def caption(name: str) -> str:
    """Return a caption of the report as Markdown."""
    source = (ROOT / f"workflow/report/figures/{name}.rst").read_text("utf-8")
    text = jinja2.Template(source).render(snakemake={"config": {}})
    text = re.sub(r"\\? :sup:`([^`]+)`|\\ :sup:`([^`]+)`", lambda m: f"<sup>{m[1] or m[2]}</sup>", text)
    return " ".join(text.replace("``", "`").split())
