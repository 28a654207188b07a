"""Base class of the sections of the configuration, and types of values that several of them hold."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]

# One line of text, without characters that break lines or control a terminal.
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
Line = Annotated[str, StringConstraints(pattern=_LINE, max_length=200)]


def _at_home(place: str) -> str:
    """Return a path with the home folder in place of ~ or ~name, as a shell does."""
    try:
        return str(Path(place).expanduser()) if place.startswith("~") else place
    except RuntimeError as error:
        raise ValueError(f"{place!r}: {error}") from None


# A path or a URL.
Place = Annotated[str, StringConstraints(pattern=_LINE, max_length=4000), AfterValidator(_at_home)]

# Random streams on a CPU keep 32 bits of a seed, 6 of which say what the numbers are for.
Seed = Annotated[int, Field(ge=0, lt=2**26)]

# A number of times or of things. Without the bound, a slip of the finger would compute for ever.
Count = Annotated[int, Field(gt=0, le=10**6)]


class Section(BaseModel):
    """A part of the configuration: frozen; an unknown key is an error, and so are true, "1", inf and nan as numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
