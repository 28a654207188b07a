"""Labels of methods in narrow places, and of learning rates."""

import re

from showergan.rendering.style import wrapped

FORMULA = re.compile(r"\$[^$]*\$")
SHOWN = 6  # letters that a formula takes, about, however long its source is


def rates_in_words(learning_rates: str) -> str:
    """Return what a pair means, "0.001_1e-05" say."""
    generator, discriminator = learning_rates.split("_")
    return f"learning rates: generator {generator}, discriminator {discriminator}"


def fitted(label: str, width: int) -> str:
    """Break a label into lines of about `width` shown characters; a formula counts as a short word."""
    formulas = FORMULA.findall(label)
    # A stand-in of the shown length, of a letter that no label has.
    text = wrapped(FORMULA.sub("\0" * SHOWN, label), width)
    for formula in formulas:
        text = text.replace("\0" * SHOWN, formula, 1)
    return text
