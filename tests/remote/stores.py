"""Real servers of files on loopback, S3 and XRootD, each behind a gate that counts what passes and can be shut."""

import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOTO = ROOT / ".servers/bin/moto_server"
FOREVER = 10**12

XROOTD = """\
xrd.port {port}
all.adminpath {folder}/admin
all.pidpath {folder}/admin
all.export /data r/o
oss.localroot {folder}
"""


class Gate(socketserver.ThreadingTCPServer):
    """A way to a server.

    Attributes:
        left: bytes that may still come out; then connections are cut, and new ones too.
        passed: bytes that came out.
        visits: connections.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: int):
        super().__init__(("127.0.0.1", 0), _Visit)
        self.target, self.port = target, self.server_address[1]
        self.left, self.passed, self.visits = FOREVER, 0, 0


class _Visit(socketserver.BaseRequestHandler):
    def handle(self):
        gate = self.server
        gate.visits += 1
        with suppress(OSError), socket.create_connection(("127.0.0.1", gate.target)) as inside:
            threading.Thread(target=self._in, args=[inside], daemon=True).start()
            while gate.left and (some := inside.recv(2**16)[: gate.left]):
                gate.left -= len(some)
                gate.passed += len(some)
                self.request.sendall(some)

    def _in(self, inside):
        with suppress(OSError):
            while some := self.request.recv(2**16):
                inside.sendall(some)


@dataclass(frozen=True)
class Store:
    """A server with one file.

    Attributes:
        url: of the file.
        gate: the way to it.
        put: gives the file another content.
    """

    url: str
    gate: Gate
    put: Callable[[bytes], object]


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Run moto, and tell clients where it is."""
    s3fs = pytest.importorskip("s3fs", reason="no showergan[s3]; see tests/remote/install.sh")
    if not MOTO.exists():
        pytest.skip("no S3 server here; see tests/remote/install.sh")
    port = free_port()
    with _behind_gate([MOTO, "-H", "127.0.0.1", "-p", str(port)], port) as gate:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{gate.port}")
        monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
        within = s3fs.S3FileSystem(endpoint_url=f"http://127.0.0.1:{port}")
        within.mkdir("bucket")
        yield Store(
            "s3://bucket/showers.npz", gate, lambda it: within.pipe("bucket/showers.npz", it)
        )


@contextmanager
def xrootd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Run xrootd, and tell clients not to wait long."""
    for name in ("TIMEOUTRESOLUTION", "CONNECTIONWINDOW", "STREAMERRORWINDOW"):
        monkeypatch.setenv(f"XRD_{name}", "1")  # read when the library is loaded
    pytest.importorskip("fsspec_xrootd", reason="no showergan[root]; see tests/remote/install.sh")
    if not shutil.which("xrootd"):
        pytest.skip("no xrootd here; see tests/remote/install.sh")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "data").mkdir()
        (folder / "admin").mkdir()
        (folder / "x.cfg").write_text(XROOTD.format(port=port, folder=folder))
        user = ["-R", "xrootd"] if os.getuid() == 0 else []  # it does not run as root
        if user:
            shutil.chown(folder / "admin", "xrootd")
        file = folder / "data/showers.npz"
        command = ["xrootd", "-c", folder / "x.cfg", "-l", folder / "admin/log", *user]
        with _behind_gate(command, port) as gate:
            yield Store(f"root://127.0.0.1:{gate.port}//data/showers.npz", gate, file.write_bytes)


@contextmanager
def _behind_gate(command: list, port: int) -> Iterator[Gate]:
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        Gate(port) as gate,
    ):
        try:
            end = time.monotonic() + 60
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert process.poll() is None and time.monotonic() < end, command
                time.sleep(0.05)
            threading.Thread(target=gate.serve_forever, daemon=True).start()
            yield gate
            gate.shutdown()
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
