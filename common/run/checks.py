"""`test`: builds everything and runs all tests, in C++, in Python and in TypeScript."""

import argparse
import importlib
import os
import pathlib
import re
import subprocess
import sys
import typing
import unittest

from common.run import build, packages, web
from common.run.interrupts import Interrupts
from common.run.problem import Problem
from common.run.progress import Progress
from common.run.state import ROOT
from common.run.up import install

# Unit tests stand beside their subject; what needs servers stands in tests/.
PYTHON_TESTS = {"unit": ("common",), "integration": ("tests",)}
RELEASE = "release"
# Built with these, only unit tests: Debian's libraries are not, and servers would be too slow.
SANITIZED = ("asan", "tsan")
# Where a finding ends the test, and which findings are of libraries.
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1",
    "LSAN_OPTIONS": f"suppressions={ROOT / 'tests' / 'lsan.supp'}",
    "UBSAN_OPTIONS": f"print_stacktrace=1:halt_on_error=1:suppressions={ROOT / 'tests' / 'ubsan.supp'}",
    "TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={ROOT / 'tests' / 'tsan.supp'}",
}


def main(arguments):
    """Prints `N passed, N failed` as its last line; returns 1 if any test failed."""
    parser = argparse.ArgumentParser(prog="usersync test", description=__doc__)
    parser.add_argument("--label", choices=PYTHON_TESTS, help="only these")
    parser.add_argument("--filter", metavar="REGEX", default="", help="only tests whose name has it")
    parser.add_argument("--preset", default=RELEASE, choices=(RELEASE, *SANITIZED),
                        help="how to build; asan and tsan have only unit tests, and only release those in Python and TypeScript")
    options = parser.parse_args(arguments)
    labels = [options.label] if options.label else list(PYTHON_TESTS)
    if options.preset in SANITIZED:
        labels = ["unit"]
    forget_variables()
    os.environ.update(SANITIZER_OPTIONS)
    programs, web_environment = build_all(options.preset)
    total = Counts()
    for label in labels:
        total += run_ctest(label, options.filter, programs)
        if options.preset == RELEASE:
            total += run_python(label, options.filter, programs)
            total += run_typescript(label, options.filter, programs, web_environment)
    if total.passed + total.failed == 0:
        raise Problem("no test has such a name")
    print(f"{total.skipped} skipped\n{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


class Counts(typing.NamedTuple):
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(*map(sum, zip(self, other)))


def forget_variables():
    """Tests choose their own folders and ports; a running system must not reach into them."""
    for name in [name for name in os.environ if name.startswith("USERSYNC_")]:
        del os.environ[name]


def build_all(preset):
    """Returns the folder of the programs, and the variables for TypeScript, which only release needs."""
    interrupts, progress = Interrupts(), Progress()
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    install((*packages.BUILD, *packages.RUN, *packages.TEST), folder / "packages.log", interrupts, progress)
    targets = ("unit_tests",) if preset in SANITIZED else ()
    with progress.step(f"building the tests ({preset})"):
        programs = build.build_preset(preset, folder / f"{preset}.log", interrupts, progress, targets) / "bin"
    web_environment = None
    if preset == RELEASE:
        with progress.step("installing and checking the packages in TypeScript"):
            web_environment = web.prepare(folder, interrupts)
    interrupts.release()
    return programs, web_environment


def run_ctest(label, name, programs):
    """Runs the tests written with GoogleTest. Without a name, finding none is a failure."""
    # Servers share the machine and its default ports; unit tests share nothing.
    jobs = len(os.sched_getaffinity(0)) if label == "unit" else 1
    command = ["ctest", "--test-dir", programs.parent, "--output-on-failure", "-L", f"^{label}$", "-j", str(jobs)]
    # An empty expression is in no test's name.
    command += ["-R", name, "--no-tests=ignore"] if name else ["--no-tests=error"]
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
        return Counts(failed=1 if status else 0)
    failed = int(total[1])
    skipped = len(re.findall(r"^\t *\d+ - .* \(Skipped\)", output, re.M))
    return Counts(int(total[2]) - failed - skipped, failed or (1 if status else 0), skipped)


def run_python(label, name, programs):
    """Runs the tests written with unittest."""
    os.environ["USERSYNC_BIN_DIR"] = str(programs)
    suite = unittest.TestSuite()
    for folder in PYTHON_TESTS[label]:
        for path in sorted((ROOT / folder).rglob("*_test.py")):
            suite.addTests(test for test in tests_of(path) if re.search(name, test.id()))
    if not suite.countTestCases():
        return Counts()
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    return Counts(result.testsRun - failed - len(result.skipped), failed, len(result.skipped))


def run_typescript(label, name, programs, environment):
    """Runs the tests written with vitest."""
    variables = {**environment, "USERSYNC_BIN_DIR": str(programs)}
    return Counts(*web.test(label, name, variables, programs.parent))


def tests_of(path):
    """The single tests of a file."""
    module = ".".join(pathlib.Path(path).relative_to(ROOT).with_suffix("").parts)
    for case in unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(module)):
        yield from case
