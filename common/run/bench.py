"""`bench`: builds what it measures and the drivers, then measures. Only figures go to standard output."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from common.run import build, cli, packages, page_bench, web
from common.run.checks import forget_variables
from common.run.interrupts import Interrupts
from common.run.problem import Problem
from common.run.progress import Progress
from common.run.state import ROOT
from common.run.up import install

DRIVER = "usersync-bench"
# Stands behind the gateway.
ECHO = "usersync-bench-echo"
# What the gateway is compared with.
PEER = ROOT / "tests" / "bench" / "peer" / "proxy.js"


def main(arguments):
    """Measures the line, the gateway and the page. What data there is lies in $TMPDIR, else in /tmp."""
    parser = argparse.ArgumentParser(prog="usersync bench", add_help=False, allow_abbrev=False, description=__doc__)
    parser.add_argument("--version", action="version", version=f"usersync bench {cli.version()}")
    page_bench.add_options(parser)
    options, others = parser.parse_known_args(arguments)
    if {"--help", "-h"} & set(others):
        return explain(parser)
    if options.page_only and others:
        parser.error(f"--page-only leaves out what takes {' '.join(others)}")
    bench = Bench(Interrupts(), Progress(sys.stderr))
    # Gone at the end, also of a driver that was killed.
    with tempfile.TemporaryDirectory(prefix="usersync-bench-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL must pass through as its own user.
        os.chmod(folder, 0o711)
        status = 0 if options.page_only else bench.line_and_gateway(folder, others)
        if status == 0 and "--gateway-only" not in others:
            status = bench.page(folder, options)
        return status


def explain(parser):
    """Prints all options without building anything: those of a driver that is not there yet are only mentioned."""
    print(parser.format_help())
    folder = pathlib.Path(os.environ.get("USERSYNC_BIN_DIR") or ROOT / "build" / "release" / "bin")
    if not (folder / DRIVER).exists():
        print(f"{folder / DRIVER} has more options: once it is built, this tells them, too")
        return 0
    return subprocess.run((folder / DRIVER, "--help"), check=False).returncode


class Bench:
    """Builds what is measured, unless USERSYNC_BIN_DIR names finished programs, and runs the drivers."""

    def __init__(self, interrupts, progress):
        self._interrupts = interrupts
        self._progress = progress
        self._finished = os.environ.get("USERSYNC_BIN_DIR")
        forget_variables()
        (ROOT / "build").mkdir(exist_ok=True)

    def line_and_gateway(self, folder, arguments):
        """Returns the status of the driver in C++."""
        programs = self._programs(DRIVER, ECHO, *build.SERVICES)
        with self._progress.step("installing the proxy that the gateway is compared with"):
            environment = web.install_peer(ROOT / "build", self._interrupts)
        variables = {**environment, "TMPDIR": folder, "USERSYNC_BIN_DIR": str(programs)}
        command = [programs / DRIVER, "--peer", PEER, *arguments]
        return self._interrupts.run(command, sys.stdout, variables, errors=sys.stderr)

    def page(self, folder, options):
        """Returns the status of the driver in TypeScript."""
        programs = self._programs(*build.SERVICES)
        return page_bench.measure(pathlib.Path(folder), programs, options, self._interrupts, self._progress)

    def _programs(self, *targets):
        """The folder that holds them."""
        if self._finished:
            folder = pathlib.Path(self._finished).absolute()
            absent = [name for name in targets if not (folder / name).exists()]
            if absent:
                raise Problem(f"USERSYNC_BIN_DIR names {folder}, which does not hold {' '.join(absent)}")
            return folder
        folder = ROOT / "build"
        install((*packages.BUILD, *packages.RUN, *packages.TEST), folder / "packages.log", self._interrupts,
                self._progress)
        with self._progress.step("building " + " ".join(targets)):
            return build.build_preset("release", folder / "bench.log", self._interrupts, self._progress,
                                      targets) / "bin"
