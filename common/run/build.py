"""Builds the programs with CMake and Ninja."""

import os
import re
import shutil

from common.run.problem import Problem
from common.run.state import ROOT

SERVICES = ("usersync-store", "usersync-bridge", "usersync-gateway")
# What one compiler needs for a file that includes gRPC and protobuf.
MEMORY_OF_ONE_JOB = 1500 << 20


def build_services(folder, log, interrupts, progress):
    """Builds only what `up` runs, into `folder`. Returns the folder of the programs."""
    build(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
           "-DCMAKE_CXX_COMPILER=g++", "-DUSERSYNC_BUILD_TESTS=OFF"], folder, log, interrupts, progress, SERVICES)
    return folder / "bin"


def build_preset(preset, log, interrupts, progress, targets=()):
    """Builds a preset of CMakePresets.json, with the tests. Returns its folder."""
    folder = ROOT / "build" / preset
    build(["cmake", "-S", ROOT, "--preset", preset], folder, log, interrupts, progress, targets)
    return folder


def build(configure, folder, log, interrupts, progress, targets=()):
    forget_other_tree(folder)
    environment = {"CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1", **os.environ}
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w+", encoding="utf-8", errors="replace") as output:
        compile_all = ["ninja", "-C", folder, f"-j{jobs()}", *targets]
        for command in (configure, compile_all):
            if interrupts.run(command, output, environment, lambda: progress.show(how_far(log))) != 0:
                raise Problem(f"the build failed; the end of {log}:\n{tail(log, 40)}")


def forget_other_tree(folder):
    """CMake refuses a build folder that was made for another path: begin anew."""
    try:
        cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    home = re.search(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$", cache, re.M)
    if not home or home[1] != str(ROOT):
        shutil.rmtree(folder)


def jobs():
    """As many compilers as there are cores and memory for."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // MEMORY_OF_ONE_JOB))


def how_far(log):
    steps = re.findall(r"^\[(\d+)/(\d+)\]", tail(log, 50), re.M)
    return f"{steps[-1][0]} of {steps[-1][1]}" if steps else ""


def tail(log, lines):
    with open(log, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 16384))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
