"""The figures, from the catalogue: command, caption and, where there is one, picture of each."""

import re
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment
from snakemake.utils import update_config

from reference_pages.markdown import table
from showergan.config.catalogue.exhibit import Exhibit, exhibits
from showergan.config.tasks.found import DEFAULT, SPECS
from showergan.config.whole import Config, parse_config

ROOT = Path(__file__).parents[3]


# Configurations in whose runs figures are drawn, files that lie over one another; the first that draws one is named.
RUNS = (
    *((), ("all_methods",), ("all_methods", "paper"), ("study",)),
    *(("wgan/toys",), ("digits",), ("text",)),
    *(("wgan/architectures", "wgan/architectures_small"), ("wgan/random_architectures",)),
)


def page() -> str:
    """Return the page of all figures: those that have a picture by section, and the others in a table."""
    raws = {files: configuration_of(files) for files in RUNS}
    configurations = {files: parse_config(raw) for files, raw in raws.items()}
    text = [
        "# Gallery",
        "Every figure is drawn from the tables of a run, by one command, and drawn again only when its own code or its "
        "data change. `snakemake --cores all` draws all that a run has something to show for, a command below one. "
        "The pictures are of one run each, on one machine: another kind of processor, and other seeds, give other "
        "numbers.",
    ]
    others = []
    section = ""
    for exhibit, task in catalogue():
        draw_it = (f for f, config in configurations.items() if drawn(exhibit, task, config))
        files = next(draw_it, None)
        if files is None:
            raise ValueError(
                f"{exhibit.name}: no run of RUNS draws it; add a configuration that does"
            )
        command = command_of(exhibit.name, configurations[files].run, files)
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
            caption(exhibit, raws[files], configurations[files]),
        ]
    text += ["## Others", table("figure|command", others)]
    return "\n\n".join(text) + "\n"


def catalogue() -> list[tuple[Exhibit, str]]:
    """Return all figures in the order of the report, each with the task that has it, "" for any."""
    any_task = exhibits("figures", [])
    found = [(exhibit, "") for exhibit in any_task.values()]
    for name in SPECS:
        own = exhibits("figures", [name])
        found += [(own[key], name) for key in own.keys() - any_task.keys()]
    return sorted(found, key=lambda one: (one[0].section, one[0].title))


def configuration_of(files: tuple[str, ...]) -> dict[str, Any]:
    """Return the configuration of files of experiments/, of showers laid over config.yaml."""
    raws = [
        yaml.safe_load((ROOT / f"experiments/{file}.yaml").read_text("utf-8")) for file in files
    ]
    whole: dict[str, Any] = {}
    if all(raw.get("task", DEFAULT) == DEFAULT for raw in raws):
        whole = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    for raw in raws:
        update_config(whole, raw)
    return whole


def command_of(figure: str, run: str, files: tuple[str, ...]) -> str:
    """Return the command that draws a figure of a run, from its published trainings where there are any."""
    given = [f"experiments/{file}.yaml" for file in files]
    configuration = ["--configfile", *given] if given else []
    if (ROOT / "resources" / run).is_dir():
        configuration += ["--config", "study=published"]
    return " ".join(
        ["snakemake --cores all", f"results/{run}/figures/{figure}.png", *configuration]
    )


def drawn(exhibit: Exhibit, task: str, config: Config) -> bool:
    """Return whether a run of a configuration draws a figure."""
    return task in ("", config.task) and exhibit.applicable(config)


def picture_of(name: str) -> str | None:
    """Return the path of the picture of a figure below docs/, where there is one."""
    found = (f"{name}.png", f"gallery/{name}.png", f"study/{name}.png")
    return next((path for path in found if (ROOT / "docs" / path).is_file()), None)


def caption(exhibit: Exhibit, raw: dict[str, Any], config: Config) -> str:
    """Return the caption of a figure in the report of a run, as Markdown."""
    folder = ROOT / "workflow/report/figures"
    source = (folder / f"{exhibit.caption or exhibit.name}.rst").read_text("utf-8")
    baseline = getattr(config.methods.get(config.compare.baseline), "label", None)
    template = Environment(trim_blocks=True, lstrip_blocks=True).from_string(source)
    text = template.render(snakemake={"config": {**raw, "baseline": baseline}})
    text = re.sub(r"\\ :sup:`([^`]+)`", r"<sup>\1</sup>", text)
    return " ".join(text.replace("``", "`").split())
