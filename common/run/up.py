"""`up`: makes what is missing, starts everything, and keeps it alive until somebody stops it."""

import argparse
import os
import pathlib

from common.run import build, environment, leftovers, packages, page
from common.run.first_users import make_first_users
from common.run.interrupts import Interrupts, Stopped
from common.run.postgres import place
from common.run.progress import Progress
from common.run.publisher import Publisher
from common.run.state import State
from common.run.system import System


def main(arguments):
    """Runs until SIGINT or SIGTERM; then ends everything and returns 0."""
    parser = argparse.ArgumentParser(prog="usersync up", description=__doc__)
    parser.add_argument("--no-page", dest="page", action="store_false",
                        help="do not serve the page: its port is left to pnpm run dev")
    options = parser.parse_args(arguments)
    interrupts, progress, state = Interrupts(), Progress(), State.of_environment()
    state.make()
    lock = leftovers.lock(state)
    try:
        return Up(state, interrupts, progress, options.page).run()
    except Stopped:
        return 0
    finally:
        state.pid_file("up").unlink(missing_ok=True)
        lock.close()


class Up:
    """One run of the whole system."""

    def __init__(self, state, interrupts, progress, with_page):
        self._state = state
        self._interrupts = interrupts
        self._progress = progress
        self._with_page = with_page

    def run(self):
        programs = ready_programs(self._state, self._interrupts, self._progress)
        built = page.make(self._state, self._interrupts, self._progress) if self._with_page else None
        system = System(self._state, programs, self._interrupts, self._progress, built)
        environment.withdraw(self._state)
        leftovers.end_leftovers(self._state, [self._state.directory, place(self._state)], self._progress.say)
        try:
            system.start()
            environment.publish(self._state, system.variables())
            self._greet(system, programs)
            system.supervisor.keep()
        except Stopped:
            self._progress.say("stopping")
        finally:
            environment.withdraw(self._state)
            system.supervisor.stop()
        self._progress.say("all stopped; ./usersync up starts it again with the same data")
        return 0

    def _greet(self, system, programs):
        say = self._progress.say
        publisher = Publisher(programs, system.variables())
        if system.is_empty():
            with self._progress.step("three users with a history"):
                make_first_users(publisher)
        say()
        for name, value in system.addresses():
            say(f"  {name:<22} {value}")
        say()
        say("Publish a user, and see its receipt, its version and its broadcast:")
        say()
        say(f"  {publisher.example()}")
        say()
        say("./usersync env prints these addresses for scripts. Ctrl-C stops everything.")


def ready_programs(state, interrupts, progress):
    """The folder of our programs: built, unless USERSYNC_BIN_DIR names finished ones."""
    finished = os.environ.get("USERSYNC_BIN_DIR")
    needed = packages.RUN if finished else (*packages.BUILD, *packages.RUN)
    install(needed, state.log_file("packages"), interrupts, progress)
    if finished:
        return pathlib.Path(finished).absolute()
    with progress.step("building the services"):
        return build.build_services(state.build, state.log_file("build"), interrupts, progress)


def install(names, log, interrupts, progress):
    with progress.step("packages"), open(log, "ab") as output:
        packages.ensure(names, lambda command, variables: interrupts.run(command, output, variables), progress.say)
