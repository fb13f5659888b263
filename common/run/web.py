"""The packages in TypeScript: installs what they need, and runs their tests."""

import json
import subprocess

from common.run import node
from common.run.build import tail
from common.run.problem import Problem
from common.run.state import ROOT

# Which packages have tests of which label.
TESTED = {"unit": ("@usersync/sync", "@usersync/page"),
          "integration": ("@usersync/sync", "@usersync/grpc-web-tests", "@usersync/page-tests")}
# Types are checked of these, in this order: some take the sources of others, which must be generated before.
CHECKED = (*dict.fromkeys(TESTED["integration"] + TESTED["unit"]), "@usersync/bench-page")
# For npm and pnpm: who has no network waits for seconds, not for minutes.
RETRIES = {"npm_config_fetch_retry_mintimeout": "1000", "npm_config_fetch_retry_maxtimeout": "5000"}


def pnpm():
    """The command that runs the pnpm which package.json names."""
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["packageManager"]
    return ["npx", "--yes", wanted]


def prepare(folder, interrupts):
    """Installs and checks the packages. Returns the variables to run them with; `folder` keeps Node and the log."""
    steps = [("install", "--frozen-lockfile")]
    for package in CHECKED:
        steps += [("--filter", package, "run", "--if-present", "generate"), ("--filter", package, "check")]
    return run(steps, folder, interrupts)


def install_peer(folder, interrupts):
    """Installs what `bench` compares the gateway with. Returns the same."""
    return run([("install", "--frozen-lockfile"), ("--filter", "@usersync/bench-peer", "generate")], folder, interrupts)


def run(steps, folder, interrupts):
    """Runs pnpm with each of the arguments. Returns the variables that it ran with."""
    log = folder / "web.log"
    environment = {**RETRIES, **node.environment(folder / "node", log, interrupts)}
    for step in steps:
        with open(log, "ab") as output:
            # The root of the tree is where pnpm looks, whatever the caller's folder is.
            command = [*pnpm(), "--dir", ROOT, *step]
            if interrupts.run(command, output, environment) != 0:
                raise Problem(f"pnpm {' '.join(step)} failed; the end of {log}:\n{tail(log, 40)}")
    return environment


def test(label, name, environment, folder):
    """Runs the tests of one label, and only those whose name has `name`. Returns (passed, failed, skipped)."""
    counts = [test_package(package, label, name, environment, folder) for package in TESTED[label]]
    return tuple(map(sum, zip(*counts)))


def test_package(package, label, name, environment, folder):
    """The same of one package; `folder` keeps the report."""
    report = folder / f"vitest-{package.rsplit('/', 1)[-1]}-{label}.json"
    report.unlink(missing_ok=True)
    command = [*pnpm(), "--dir", ROOT, "--filter", package, "exec", "vitest", "run", "--project", label,
               "--passWithNoTests", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    command += ["-t", name] if name else []
    status = subprocess.run([str(part) for part in command], check=False, env=environment).returncode
    try:
        found = json.loads(report.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        found = {}
    return count(found, status, bool(name))


def count(report, status, chosen):
    """Reads vitest's report. A vitest that fell over, or a file that did, is a failure of its own.

    If tests were chosen by name, those that were not are not skipped ones.
    """
    passed, failed = report.get("numPassedTests", 0), report.get("numFailedTests", 0)
    skipped = 0 if chosen else report.get("numPendingTests", 0)
    return passed, failed or (1 if status else 0), skipped
