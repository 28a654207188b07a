"""A recipe: everything that changes the result of a step, its place in the configuration, and its text."""

import json
import re
import sys
from pathlib import Path
from typing import Any, ClassVar, Self

from showergan.config.section import Section
from showergan.config.validation import read_json, validated
from showergan.config.whole import Config


class Recipe(Section):
    """Everything that changes the result of a step, and nothing else; its docstring is the help of the subcommand.

    Attributes:
        name: of the step: that of the class in small letters, with _ between words. The step is a function of this
            name in the module of `showergan.cli.steps` that is called like the module of its recipe.
        version: raised on purpose when the numbers of the step change; a golden test fails when they change without it.
        section: of the configuration that holds the fields; None: the whole configuration does.
        only_for: the task that alone has the step; None: every task has it.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    section: ClassVar[str | None] = None
    only_for: ClassVar[str | None] = None

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        cls.name = re.sub("(?<!^)([A-Z])", r"_\1", cls.__name__).lower()

    @classmethod
    def of(cls, config: Config, **wildcards: str) -> Self:
        """Return the recipe of a run by its configuration, and by the wildcards of the rule where the step has any."""
        section = getattr(config, cls.section) if cls.section else config
        return cls.model_validate(section, from_attributes=True)

    @classmethod
    def read(cls, recipe: str) -> Self:
        """Return the recipe in a JSON text, a JSON file or the record of a job.

        Raises:
            UserError: neither can be read, or it is no recipe of this step.
        """
        raw = read_json("--recipe", recipe)
        version = raw.pop("recipe_version", cls.version) if isinstance(raw, dict) else None
        found = validated(cls, raw, "recipe")
        if version != cls.version:
            message = f"The recipe is of version {version}, this is {cls.version}: other numbers"
            print(message, file=sys.stderr, flush=True)
        return found

    @property
    def reads(self) -> tuple[Path, ...]:
        """Files and folders that the recipe names and the step reads, besides its arguments."""
        return ()

    def canonical(self) -> str:
        """Return the recipe as JSON with sorted keys and the version of the step.

        The workflow compares recipes as text: equal content gives equal text, whatever the order of YAML keys.
        """
        return json.dumps(self.whole(), sort_keys=True)

    def whole(self) -> dict[str, Any]:
        """Return the recipe as plain values, defaults and version included, as `read` takes it."""
        return {**self.model_dump(mode="json"), "recipe_version": self.version}
