"""A Node that runs our web packages. Debian 12's is too old; npm's own package brings one that is not."""

import os
import pathlib
import re
import shutil
import subprocess

from common.run.build import tail
from common.run.problem import Problem

# npm's package `node`. What we use wants ^20.19 or >=22.12.
VERSION = "20.19.6"


def suffices(version):
    """Whether a Node that calls itself this, such as v20.19.6, can run the web packages."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if not match:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def environment(folder, log, interrupts):
    """Variables with a PATH whose `node` suffices: this machine's, or one that is installed into `folder`."""
    if suffices(version_of(shutil.which("node"))):
        return dict(os.environ)
    programs = pathlib.Path(folder) / "node_modules" / "node" / "bin"
    if version_of(programs / "node") != f"v{VERSION}":
        install(folder, log, interrupts)
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def install(folder, log, interrupts):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--no-save", f"node@{VERSION}"]
    with open(log, "ab") as output:
        if interrupts.run(command, output) != 0:
            raise Problem(f"Node {VERSION} could not be installed with npm; the end of {log}:\n{tail(log, 20)}")


def version_of(program):
    """What a Node calls itself; nothing if there is none."""
    if not program:
        return ""
    try:
        return subprocess.run([program, "--version"], check=False, text=True, stdout=subprocess.PIPE).stdout.strip()
    except OSError:
        return ""
