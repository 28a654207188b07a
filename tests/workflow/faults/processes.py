"""Commands in processes of their own."""

import os
import resource
import subprocess
from functools import partial

from forked import python


class Command:
    """A subcommand of showergan that runs.

    Args:
        folder: where it runs.
        *words: of the command line.
        environment: further variables.
        most_bytes: that a file may have.
        without_rights: whether it must obey the permissions of files even where root tests.
    """

    def __init__(self, folder, *words, environment=None, most_bytes=None, without_rights=False):
        folder.mkdir(exist_ok=True)
        limit = most_bytes and partial(
            resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes)
        )
        rights = {"FORKED_WITHOUT_RIGHTS": "1"} if without_rights else {}
        own = {"OMP_NUM_THREADS": "1", "SHOWERGAN_DEVICE": "cpu", **rights, **(environment or {})}
        self._process = subprocess.Popen(
            [python(), "-m", "showergan.cli", *map(str, words)],
            cwd=folder,
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=limit,
        )

    def kill_after(self, seconds):
        """Kill it unless it ends before; return whether it was killed."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self.end() == -9

    def end(self):
        """Wait; return its exit status."""
        return self._process.wait()

    def said(self):
        """Return what it said until its end."""
        return self._process.communicate()[0]

    def succeed(self):
        """Wait until it ends well."""
        text = self.said()
        assert self.end() == 0, text

    def told(self):
        """Wait until it fails; return what it said, which is no traceback."""
        text = self.said()
        assert self.end() == 1, text
        assert "Traceback" not in text, text
        return text
