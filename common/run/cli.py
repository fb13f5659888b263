"""The commands of ./usersync."""

import importlib
import os
import re
import sys

from common.run import ports
from common.run.interrupts import Stopped
from common.run.problem import Problem
from common.run.state import ROOT

# Each command is a module with `main(arguments)`, imported only when it is asked for.
COMMANDS = {
    "up": "start everything and keep it running until Ctrl-C",
    "env": "print export NAME='value' lines for whatever runs now",
    "demo": "play a short story of edits, conflicts and merges, and show what happened",
    "test": "build everything and run all tests (--label, --filter and --preset choose some)",
    "bench": "measure line, gateway and page (--large: ten million versions; --gateway-only, --page-only)",
    "page": "build the page into web/dist, with a Node of its own if need be",
    "prepare": "make secrets, configuration and a database cluster in a folder (for tests)",
    "packages": "install groups of Debian packages: build, run, web, test, check",
}
MODULES = {"env": "environment", "test": "checks"}

VARIABLES = {
    "USERSYNC_DIR": "where all state lies (.usersync in the tree)",
    "USERSYNC_BIN_DIR": "run the programs in this folder instead of building them",
    "USERSYNC_STORES": "how many stores run (1)",
    "USERSYNC_BRIDGES": "how many bridges run (1)",
    "USERSYNC_ACTORS": "NATS users with a password in $USERSYNC_DIR/secrets (alice,bob)",
    **{ports.variable(name): f"a port ({ports.DEFAULTS[name]})" for name in ports.DEFAULTS},
    ports.variable(ports.OPTIONAL): "the port of the NATS monitor (off)",
}


def help_text():
    lines = ["Usage: ./usersync COMMAND [argument...]", "", "Commands:"]
    lines += [f"  {name:<10} {text}" for name, text in COMMANDS.items()]
    lines += ["", "  --help     print this text", "  --version  print the version", "", "Variables:"]
    width = max(map(len, VARIABLES))
    lines += [f"  {name:<{width}} {text}" for name, text in VARIABLES.items()]
    lines += ["", "Each service has a --help of its own: its flag --x-y is the variable USERSYNC_X_Y,",
              "and variables given to `up` reach the services."]
    return "\n".join(lines)


def version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"^project\(usersync VERSION ([0-9.]+)", text, re.M)[1]


def main(arguments):
    """Runs one command. Returns the status to end with."""
    try:
        return run(arguments)
    except Problem as problem:
        print(f"usersync: {problem}", file=sys.stderr)
        return 1
    except (Stopped, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # Python would complain once more when it empties its buffers at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def run(arguments):
    command = arguments[0] if arguments else "--help"
    if command in ("--help", "-h", "help"):
        print(help_text())
        return 0 if arguments else 2
    if command == "--version":
        print(f"usersync {version()}")
        return 0
    if command not in COMMANDS:
        print(f"usersync: there is no command '{command}'\n\n{help_text()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"common.run.{MODULES.get(command, command)}")
    return module.main(arguments[1:])
