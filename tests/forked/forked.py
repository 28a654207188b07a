"""A Python that starts at once: forked off a server that has loaded all libraries, and showergan.

    subprocess.run([python(), "-m", "showergan.cli", ...], env=..., cwd=...)

`python()` is an executable file that stands for `sys.executable`. What it runs has the arguments, environment, working
directory, open streams and limits of its caller, who gets the exit status; who kills it kills that too. Where the
environment sets FORKED_WITHOUT_RIGHTS, root has no more rights than any owner of its files.

The command `showergan` lies beside it, so that the jobs of a workflow that it runs find that. Only the command has the
showergan that is loaded, which is that of this checkout; all else imports it anew from where PYTHONPATH leads.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import re
import resource
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

LIBRARIES = ("snakemake.cli", "snakemake.dag", "torch._dynamo")  # besides what showergan imports
# Libraries and Python read these when they are loaded; to whom gives others a real Python is started.
AT_LOADING = {
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")},
    **dict.fromkeys(("ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "OPENBLAS_CORETYPE", "MKL_CBWR")),
    **dict.fromkeys(("PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONWARNINGS")),
    **dict.fromkeys(("LC_ALL", "LC_CTYPE", "LANG", "MPLBACKEND", "MPLCONFIGDIR")),
}

_RUNNING: list[tuple[subprocess.Popen, Path]] = []
_CLIENT = """#!{python} -IS
import array, json, os, resource, signal, socket, sys
words, environment, loaded = [*{word}, *sys.argv[1:]], dict(os.environ), {loaded}
server = socket.socket(socket.AF_UNIX)
others = any(environment.get(name, loaded[name]) != loaded[name] for name in loaded)
if others or "OMP_NUM_THREADS" not in environment or server.connect_ex({socket!r}):
    os.execv({python!r}, [{python!r}, *words])
limits = [resource.getrlimit(kind) for kind in range(16)]
call = json.dumps([words, os.getcwd(), environment, limits]).encode()
streams = array.array("i", [0, 1, 2])
server.sendmsg([len(call).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
server.sendall(call)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: server.sendall(bytes([number])))
status = int.from_bytes(server.recv(4), "big", signed=True)
if status < 0:
    if status != -9:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


@cache
def python() -> str:
    """Return the path of the executable; `stop` ends the server behind it, at the latest this process does."""
    if not hasattr(os, "pidfd_open"):  # not Linux
        return sys.executable
    folder = Path(tempfile.mkdtemp(prefix="forked"))
    address = str(folder / "socket")
    loaded = {k: os.environ.get(k) if v is None else v for k, v in AT_LOADING.items()}
    for name, word in {"python": [], "showergan": ["-m", "showergan.cli"]}.items():
        client = _CLIENT.format(python=sys.executable, word=word, loaded=loaded, socket=address)
        (folder / name).write_text(client)
        (folder / name).chmod(0o755)
    own = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST") and k != "PYTHONPATH"}
    server = subprocess.Popen(
        [sys.executable, "-P", __file__, address, str(os.getpid())],
        env=own | {k: v for k, v in loaded.items() if v is not None},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    _RUNNING.append((server, folder))
    while not Path(address).exists():
        time.sleep(0.01)
    return str(folder / "python")


def stop():
    """End the server, so that its time counts as that of this process."""
    for server, folder in _RUNNING:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)
    _RUNNING.clear()
    python.cache_clear()


def _serve(address: str, owner: int) -> list[str] | None:
    """Fork off a process for each call; return in it, with the words that it shall run, and at the end with None."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{address}.new")
    listening.listen(64)
    Path(f"{address}.new").rename(address)
    for library in LIBRARIES:
        importlib.import_module(library)
    sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
    showergan = importlib.import_module("showergan")
    for module in pkgutil.walk_packages(showergan.__path__, "showergan."):
        if not re.search("__main__|geant4", module.name):  # that would run
            with suppress(ImportError):  # of what is optional
                importlib.import_module(module.name)
    gc.freeze()  # a collection would copy all pages of memory
    ready = selectors.DefaultSelector()
    ready.register(listening, selectors.EVENT_READ, (_accept, listening))
    ready.register(os.pidfd_open(owner), selectors.EVENT_READ, None)
    while True:
        for key, _ in ready.select():
            if key.data is None:
                return None
            action, *arguments = key.data
            if words := action(ready, *arguments):
                return words


def _accept(ready, listening):
    caller, _ = listening.accept()
    head, streams, *_ = socket.recv_fds(caller, 4, 3)
    call = caller.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
    child = os.fork()
    if child == 0:
        ready.close()
        listening.close()
        caller.close()
        return _become(*json.loads(call), streams)
    for stream in streams:
        os.close(stream)
    ended = os.pidfd_open(child)
    ready.register(caller, selectors.EVENT_READ, (_pass_on, caller, child))
    ready.register(ended, selectors.EVENT_READ, (_tell, ended, caller, child))
    return None


def _pass_on(ready, caller, child):
    """Pass a signal on; kill the child where its caller is gone."""
    try:
        number = (caller.recv(1) or [signal.SIGKILL])[0]
    except ConnectionError:
        number = signal.SIGKILL
    with suppress(ProcessLookupError):
        os.killpg(child, number)
    if number == signal.SIGKILL:
        ready.unregister(caller)


def _tell(ready, ended, caller, child):
    """Tell the caller how its child ended."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with suppress(OSError):
        caller.sendall(status.to_bytes(4, "big", signed=True))
    with suppress(KeyError):
        ready.unregister(caller)
    ready.unregister(ended)
    os.close(ended)
    caller.close()


def _become(words, folder, environment, limits, streams):
    """Be the process that was called; return what it shall run."""
    os.setpgid(0, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    for kind, limit in enumerate(limits):
        resource.setrlimit(kind, limit)
    if environment.pop("FORKED_WITHOUT_RIGHTS", ""):
        # Another user may not read the libraries that are still to be imported: capset(2), none of version 3.
        version = (ctypes.c_uint32 * 2)(0x20080522)
        if ctypes.CDLL(None).capset(version, (ctypes.c_uint32 * 6)()):
            raise OSError("the rights of root cannot be given up")
    os.environ.clear()
    os.environ.update(environment)
    sys.executable = str(Path(sys.argv[1]).with_name("python"))
    sys.path[:0] = [p for p in environment.get("PYTHONPATH", "").split(os.pathsep) if p]
    if words[:2] != ["-m", "showergan.cli"]:
        for name in [name for name in sys.modules if name.partition(".")[0] == "showergan"]:
            del sys.modules[name]
    random.seed()
    sys.modules["numpy"].random.seed()
    return words


def _run(option, *rest):
    """Run a module (-m), a text (-c) or the file of a path; return the exit status that Python would have."""
    of_folder = option in ("-m", "-c")
    what, *arguments = rest if of_folder else (option, *rest)
    sys.argv = [option if option == "-c" else what, *arguments]
    sys.path.insert(0, str(Path.cwd() if of_folder else Path(what).resolve().parent))
    try:
        if option == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        elif option == "-c":
            exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_path(what, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _end(status):
    """Leave as Python does, but for clearing all memory, which takes seconds where it is shared."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    if _words := _serve(sys.argv[1], int(sys.argv[2])):
        _end(_run(*_words))
