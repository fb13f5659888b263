"""The page's part of `bench`: a system of its own with many users, and the driver that times Chromium before it."""

import sys
import uuid

from common.run import page, web
from common.run.documents import mutation, new_document
from common.run.problem import Problem
from common.run.publisher import Publisher
from common.run.state import ROOT, State
from common.run.system import System

PACKAGE = "@usersync/bench-page"
DRIVER = ROOT / "tests" / "bench" / "page" / "dist" / "main.js"
STEPS = (("install", "--frozen-lockfile", "--filter", f"{PACKAGE}..."), ("--filter", PACKAGE, "build"))
# The longest list that a message may hold.
LIST = 1000


def add_options(parser):
    parser.add_argument("--page-only", action="store_true", help="leave out all but the page")
    parser.add_argument("--page-users", type=int, default=10000, help="how many users a browser fetches first")
    parser.add_argument("--page-edits", type=int, default=200, help="how many edits are timed")


def measure(folder, programs, options, interrupts, progress):
    """Returns the driver's status. Everything lies in `folder`."""
    state = State(folder / "page")
    state.make()
    with progress.step("building what times the page"):
        environment = web.run(STEPS, page.TOOLS, interrupts)
    page.build(interrupts, progress)
    system = System(state, programs, interrupts, progress, page.make(state, interrupts, progress))
    try:
        system.start()
        with progress.step(f"{options.page_users} users"):
            make_users(Publisher(programs, system.variables()), options.page_users)
        return interrupts.run(
            ["node", DRIVER, "--url", system.variables()["USERSYNC_WEB_URL"], "--users", options.page_users,
             "--edits", options.page_edits], sys.stdout, {**environment, "TMPDIR": str(folder)}, errors=sys.stderr)
    finally:
        system.supervisor.stop()


def make_users(publisher, count):
    for first in range(0, count, LIST):
        numbers = range(first, min(first + LIST, count))
        asked = [mutation(new_document(str(uuid.uuid4()), f"user-{number}@example.com", role="user"), None)
                 for number in numbers]
        answer = publisher.publish(asked, "alice")
        if answer.count('"outcome":"APPLIED"') != len(numbers):
            raise Problem(f"not all users could be made:\n{answer[-1000:]}")
