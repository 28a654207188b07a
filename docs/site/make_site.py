"""The site of the documentation: python docs/site/make_site.py [FOLDER], by default build/docs.

FOLDER/pages has the pages as they lie in this repository, so that a link holds on a code host and on the site alike,
and the pages of the reference, which are made here from the code; FOLDER/site is the site, which needs no server.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import reference_pages

ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("zensical.toml")
START = (
    "README.md",
    "CHANGELOG.md",
    "docs/*.md",
    "docs/gallery/*.png",
    "docs/site/*.css",
    "docs/site/*.js",
)
# What Zensical would load from another host, for pages that are opened as files; docs/site/search.js stands in for it.
ELSEWHERE = '<script src="https://unpkg.com/iframe-worker/shim" type="text/javascript"></script>'
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(text: str) -> Iterator[tuple[str, str]]:
    """Return path and anchor of the links to files in the text of a page; both may be empty."""
    for target in LINK.findall(CODE.sub("", text)):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            yield path, anchor


def pages() -> list[Path]:
    """Return the files that the site takes from the repository: where it starts, and all that is linked from there.

    Raises:
        SystemExit: a page links to a file that is not there.
    """
    found = [path for pattern in START for path in sorted(ROOT.glob(pattern))]
    for path in found:  # which grows
        for target, _ in links(path.read_text("utf-8")) if path.suffix == ".md" else ():
            linked = (path.parent / target).resolve() if target else path
            if not linked.is_file():
                sys.exit(f"{path.relative_to(ROOT)}: there is no file {target}. Mend the link.")
            if linked not in found:
                found.append(linked)
    return found


def build(folder: Path) -> None:
    """Make the pages and the site in a folder, whose content is replaced.

    Raises:
        SystemExit: a link leads nowhere, or the site cannot be built.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for path in pages():
        copy = folder / "pages" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name, text in reference_pages.pages().items():
        page = folder / "pages/docs" / name
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, "utf-8")
    # Beside its pages: paths in it are relative to its own folder, where Zensical keeps its cache, too.
    shutil.copy(CONFIGURATION, folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=folder, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    for page in (folder / "site").rglob("*.html"):
        page.write_text(page.read_text("utf-8").replace(ELSEWHERE, ""), "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/docs"))
