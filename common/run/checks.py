"""`test`: builds everything and runs all tests, in C++ and in Python."""

import argparse
import importlib
import os
import pathlib
import re
import subprocess
import sys
import unittest

from common.run import build, packages
from common.run.interrupts import Interrupts
from common.run.problem import Problem
from common.run.progress import Progress
from common.run.state import ROOT
from common.run.up import install

# Unit tests stand beside their subject; what needs servers stands in tests/.
PYTHON_TESTS = {"unit": ("common",), "integration": ("tests",)}
PRESET = "release"


def main(arguments):
    """Prints `N passed, N failed` as its last line; returns 1 if any test failed."""
    parser = argparse.ArgumentParser(prog="usersync test", description=__doc__)
    parser.add_argument("--label", choices=PYTHON_TESTS, help="only these")
    parser.add_argument("--filter", metavar="REGEX", default="", help="only tests whose name has it")
    options = parser.parse_args(arguments)
    forget_variables()
    programs = build_all()
    passed = failed = 0
    for label in [options.label] if options.label else PYTHON_TESTS:
        for run in (run_ctest, run_python):
            good, bad = run(label, options.filter, programs)
            passed, failed = passed + good, failed + bad
    if passed + failed == 0:
        raise Problem("no test has such a name")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def forget_variables():
    """Tests choose their own folders and ports; a running system must not reach into them."""
    for name in [name for name in os.environ if name.startswith("USERSYNC_")]:
        del os.environ[name]


def build_all():
    interrupts, progress = Interrupts(), Progress()
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    install((*packages.BUILD, *packages.RUN, *packages.TEST), folder / "packages.log", interrupts, progress)
    with progress.step("building everything with its tests"):
        programs = build.build_preset(PRESET, folder / f"{PRESET}.log", interrupts, progress) / "bin"
    interrupts.release()
    return programs


def run_ctest(label, name, programs):
    """Returns how many passed and how many failed."""
    # Servers share the machine and its default ports; unit tests share nothing.
    jobs = len(os.sched_getaffinity(0)) if label == "unit" else 1
    command = ["ctest", "--test-dir", programs.parent, "--output-on-failure", "--no-tests=ignore",
               "-L", f"^{label}$", "-R", name, "-j", str(jobs)]
    with subprocess.Popen([str(part) for part in command], text=True, stdout=subprocess.PIPE) as process:
        lines = []
        for line in process.stdout:
            sys.stdout.write(line)
            lines.append(line)
    return count("".join(lines), process.returncode)


def count(output, status):
    """Reads ctest's last words. A ctest that fell over is a failure of its own."""
    total = re.search(r"tests passed, (\d+) tests failed out of (\d+)", output)
    if not total:
        return 0, 1 if status else 0
    failed = int(total[1])
    return int(total[2]) - failed, failed or (1 if status else 0)


def run_python(label, name, programs):
    """Runs the tests written with unittest. Returns how many passed and how many failed."""
    os.environ["USERSYNC_BIN_DIR"] = str(programs)
    suite = unittest.TestSuite()
    for folder in PYTHON_TESTS[label]:
        for path in sorted((ROOT / folder).rglob("*_test.py")):
            suite.addTests(test for test in tests_of(path) if re.search(name, test.id()))
    if not suite.countTestCases():
        return 0, 0
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    return result.testsRun - failed - len(result.skipped), failed


def tests_of(path):
    """The single tests of a file."""
    module = ".".join(pathlib.Path(path).relative_to(ROOT).with_suffix("").parts)
    for case in unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(module)):
        yield from case
