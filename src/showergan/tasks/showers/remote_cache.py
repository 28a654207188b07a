"""The folder of this machine that keeps what was downloaded, and what is not yet whole."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO

from showergan.config.section import Section
from showergan.errors import UserError
from showergan.files import say, sha256_of, told, write_json


class Facts(Section):
    """What is known of a file in the cache.

    Attributes:
        url: where it is from.
        version: of the file, as the server calls it.
        size: bytes of the whole file.
        sha256: of the whole file, once it is here.
    """

    url: str
    version: str | None
    size: int | None
    sha256: str | None = None


class Entry:
    """The place of one URL in the cache: a file that is whole, or the part of it that has come, and facts about it."""

    def __init__(self, url: str, folder: Path):
        self._url = url
        self.file = folder / hashlib.sha256(url.encode()).hexdigest()
        self.part = self.file.with_suffix(".part")
        self._facts = self.file.with_suffix(".json")

    @property
    def facts(self) -> Facts | None:
        """Return what is known of the file."""
        with suppress(FileNotFoundError, ValueError):
            return Facts.model_validate_json(self._facts.read_text(encoding="utf-8"))
        return None

    @property
    def version(self) -> str | None:
        """Return what the server calls the file that has come, or a part of it."""
        facts = self.facts
        return facts.version if facts else None

    @property
    def kept(self) -> int:
        """Return how many bytes have come of a file whose version is known."""
        return self.part.stat().st_size if self.version and self.part.exists() else 0

    @property
    def come(self) -> bool:
        """Tell whether the last byte has come."""
        facts = self.facts
        return facts is not None and self.part.exists() and self.kept == facts.size

    def begin(self, version: str | None, size: int | None) -> None:
        """Forget what was there, for a file of which nothing has come yet."""
        for path in (self.file, self.part):
            path.unlink(missing_ok=True)
        self._know(Facts(url=self._url, version=version, size=size))

    def drop(self) -> None:
        """Forget the part that has come."""
        self.part.unlink(missing_ok=True)

    def finish(self) -> None:
        """Make the part the file."""
        facts = self.facts
        assert facts is not None, "begin was not called"
        self._know(facts.model_copy(update={"sha256": sha256_of(self.part)}))
        self.part.replace(self.file)

    def copy_to(self, path: Path) -> str | None:
        """Copy the file and return its SHA-256; None where it is not here, or no longer what was downloaded.

        No link: what is written into a run must not change the cache.
        """
        facts = self.facts
        if not self.file.exists() or facts is None or facts.sha256 is None:
            return None
        shutil.copyfile(self.file, path)
        found = sha256_of(path)
        if found == facts.sha256:
            return found
        say(f"{self.file}: changed since it was downloaded from {self._url}: it is fetched again")
        return None

    def _know(self, facts: Facts) -> None:
        write_json(facts.model_dump(), self._facts)


def cache_folder() -> Path:
    """Return $SHOWERGAN_CACHE, or the folder `showergan` where caches of this user are."""
    if ours := os.environ.get("SHOWERGAN_CACHE"):
        return Path(ours)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "showergan"
    except RuntimeError:
        raise UserError(
            "there is no home folder to keep downloads in: set SHOWERGAN_CACHE to a folder for them"
        ) from None


@contextmanager
def entry_of(url: str) -> Iterator[Entry]:
    """Yield the place of a URL in the cache, to this process alone.

    Raises:
        UserError: the folder cannot be written, or knows no locks.
    """
    folder = cache_folder()
    entry = Entry(url, folder)
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(entry.file.with_suffix(".lock").open("w", encoding="utf-8"))
            _wait_for(lock, url)
        except OSError as error:
            raise UserError(
                f"{folder}: no downloads can be kept there ({error.strerror}): set SHOWERGAN_CACHE to a "
                "folder that can be written and knows locks"
            ) from None
        with told(entry.file):
            yield entry


def _wait_for(lock: IO[str], url: str) -> None:
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        say(f"{url}: another process fetches it; waiting for that")
        flock(lock, LOCK_EX)
