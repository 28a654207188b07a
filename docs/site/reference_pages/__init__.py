"""The pages that are made from what they are about, by their paths below docs/."""

from reference_pages import command_line, configuration, gallery, metrics, python

MADE = {
    "reference/configuration.md": configuration.page,
    "reference/command_line.md": command_line.page,
    "reference/metrics.md": metrics.page,
    "reference/python.md": python.page,
    "gallery.md": gallery.page,
}


def pages() -> dict[str, str]:
    """Return the text of each page."""
    return {name: make() for name, make in MADE.items()}
