"""Commands in processes of their own, forked off one that has loaded everything, so that a test can start many."""

import multiprocessing
import os
import resource
import sys
from contextlib import contextmanager

NOBODY = 65534
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        *("showergan.cli", "torch", "torch._dynamo", "h5py", "pandas", "scipy.stats"),
        *("sklearn.ensemble", "seaborn"),
    ]
)


class Command:
    """A subcommand of showergan that runs.

    Args:
        folder: where it runs.
        *words: of the command line.
        environment: further variables.
        most_bytes: that a file may have.
        as_nobody: whether without the rights of root, where that is who tests.
    """

    def __init__(self, folder, *words, environment=None, most_bytes=None, as_nobody=False):
        folder.mkdir(exist_ok=True)
        self._said, out = _SERVER.Pipe()
        arguments = (folder, out, [str(w) for w in words], environment or {}, most_bytes)
        with _one_thread():
            self._process = _SERVER.Process(target=_run, args=(*arguments, as_nobody), daemon=True)
            self._process.start()
        out.close()

    def kill_after(self, seconds):
        """Kill it unless it ends before; return whether it was killed."""
        self._process.join(seconds)
        self._process.kill()
        return self.end() == -9

    def end(self):
        """Wait; return its exit status."""
        self._process.join()
        return self._process.exitcode

    def said(self):
        """Return what it said until its end."""
        parts = iter(lambda: os.read(self._said.fileno(), 65536), b"")
        return b"".join(parts).decode()

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


@contextmanager
def _one_thread():
    """The server starts with the first command, in the environment of that time."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


def _run(folder, out, words, environment, most_bytes, as_nobody):
    from showergan.cli import main

    os.chdir(folder)
    for stream in (1, 2):
        os.dup2(out.fileno(), stream)
    out.close()
    os.environ.update(SHOWERGAN_DEVICE="cpu", **environment)
    if most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    if as_nobody and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.argv = ["showergan", *words]
    main()
