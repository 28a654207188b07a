"""A real Slurm of one node on loopback, with a GPU that is only counted, in a folder of its own."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

CONF = """\
ClusterName=here
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
AccountingStorageType=accounting_storage/none
# Whoever takes more memory than was asked for is ended.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# The truth about all jobs, until the end of the tests.
MinJobAge=86400
# The node may say that it has more than there is: jobs are tiny and ask for what others need.
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=64000 Gres=gpu:1
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def started(stack, *command, **options):
    """Start a daemon, and end it when the stack closes."""
    process = subprocess.Popen(command, **options)
    stack.callback(process.wait, timeout=30)
    stack.callback(process.terminate)


def ask(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def jobs():
    """Return what Slurm knows of every job, in the order of their submission."""
    lines = ask("scontrol", "--oneliner", "show", "jobs").splitlines()
    found = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]
    return sorted((job for job in found if "JobId" in job), key=lambda job: int(job["JobId"]))


def free_ports(n):
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(n)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def running(folder: Path):
    """Run munged, slurmctld and slurmd in a folder, and tell Slurm's commands where they are."""
    missing = [name for name in ("munged", "slurmctld", "slurmd") if not shutil.which(name)]
    if missing or os.getuid():
        pytest.skip("no Slurm here: " + (f"no {missing[0]}" if missing else "not root"))
    folder.chmod(0o755)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    conf = folder / "slurm.conf"
    host = socket.gethostname().split(".")[0]
    conf.write_text(CONF.format(folder=folder, host=host, ports=free_ports(2)))
    (folder / "gres.conf").write_text("Name=gpu File=/dev/null\n")
    key = folder / "munge.key"
    key.touch(0o600)
    key.write_bytes(os.urandom(128))
    files = {name: folder / f"munge.{name}" for name in ("socket", "pid", "log", "seed")}
    options = [f"--{name}-file={path}" for name, path in files.items() if name != "socket"]
    with ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        environment.setenv("SLURM_CONF", str(conf))
        # Snakemake's plugin takes SLURM_CONF from srun: on a cluster it lies where srun looks by itself.
        srun = folder / "bin/srun"
        srun.parent.mkdir()
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        environment.setenv("PATH", str(srun.parent), prepend=os.pathsep)
        munged = ("munged", "--foreground", "--force", f"--socket={files['socket']}")
        log = stack.enter_context((folder / "log").open("w"))
        said = {"stdout": log, "stderr": log}
        started(stack, *munged, f"--key-file={key}", *options, **said)
        wait_until(files["socket"].exists)
        started(stack, "slurmctld", "-D", "-f", conf, **said)
        started(stack, "slurmd", "-D", "-f", conf, **said)
        wait_until(lambda: "idle" in subprocess.getoutput("sinfo --noheader --format=%T"))
        yield folder


def wait_until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)
