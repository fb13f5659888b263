"""`bench`: builds what it measures and the driver, then measures. Only figures go to standard output."""

import os
import pathlib
import sys
import tempfile

from common.run import build, packages, web
from common.run.checks import forget_variables
from common.run.interrupts import Interrupts
from common.run.progress import Progress
from common.run.state import ROOT
from common.run.up import install

DRIVER = "usersync-bench"
# Stands behind the gateway.
ECHO = "usersync-bench-echo"
# What the gateway is compared with.
PEER = ROOT / "tests" / "bench" / "peer" / "proxy.js"


def main(arguments):
    """Returns the driver's status. Its servers keep their data in $TMPDIR, else in /tmp."""
    interrupts, progress = Interrupts(), Progress(sys.stderr)
    finished = os.environ.get("USERSYNC_BIN_DIR")
    forget_variables()
    (ROOT / "build").mkdir(exist_ok=True)
    programs = pathlib.Path(finished).absolute() if finished else build_all(interrupts, progress)
    with progress.step("installing the proxy that the gateway is compared with"):
        environment = web.install_peer(ROOT / "build", interrupts)
    # Gone at the end, also of a driver that was killed.
    with tempfile.TemporaryDirectory(prefix="usersync-bench-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL must pass through as its own user.
        os.chmod(folder, 0o711)
        variables = {**environment, "TMPDIR": folder, "USERSYNC_BIN_DIR": str(programs)}
        return interrupts.run([programs / DRIVER, "--peer", PEER, *arguments], sys.stdout, variables, errors=sys.stderr)


def build_all(interrupts, progress):
    folder = ROOT / "build"
    install((*packages.BUILD, *packages.RUN, *packages.TEST), folder / "packages.log", interrupts, progress)
    with progress.step("building the services and the benchmark"):
        return build.build_preset("release", folder / "bench.log", interrupts, progress,
                                  (DRIVER, ECHO, *build.SERVICES)) / "bin"
