"""What a data set and a generator file say of pictures."""

from typing import Literal

from showergan.config.section import Section


class Samples(Section):
    """What is generated: pictures, black at -1 and white at 1.

    Attributes:
        shape: channels (1 grey, 3 red, green, blue), height and width.
        classes: their names, where the data set has any.
        conditional: whether pictures of a class can be asked for.
    """

    quantity: Literal["picture"] = "picture"
    unit: Literal[""] = ""
    shape: tuple[int, int, int] = (1, 16, 16)
    classes: tuple[str, ...] = ()
    conditional: bool = False
    transform: Literal["bytes / 127.5 - 1"] = "bytes / 127.5 - 1"
    inverse: Literal["(x + 1) * 127.5"] = "(x + 1) * 127.5"

    @property
    def asked(self) -> tuple[str, ...]:
        """The classes that pictures can be asked of."""
        return self.classes if self.conditional else ()
