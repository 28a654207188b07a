"""The public names of the package, from their docstrings."""

import inspect

import showergan


def page() -> str:
    """Return the page of the public names, each of which mkdocstrings replaces by its docstring."""
    text = [
        "# Python API",
        inspect.getdoc(showergan) or "",
        "After `import showergan` each name below is `showergan.NAME`. Importing the package is quick; a name loads "
        "what it needs when it is first used.",
    ]
    for name in sorted(set(showergan.__all__) - {"__version__"}, key=str.casefold):
        found = getattr(showergan, name)
        options = f"      heading: showergan.{name}\n      heading_level: 2"
        text.append(f"::: {found.__module__}.{found.__qualname__}\n    options:\n{options}")
    return "\n\n".join(text) + "\n"
