"""`demo`: plays the story of one user, edited by two people, and shows what happened to each edit."""

import argparse
import pathlib
import shutil
import tempfile

from common.run import environment, leftovers
from common.run.interrupts import Interrupts, Stopped
from common.run.postgres import place
from common.run.progress import Progress
from common.run.publisher import Publisher
from common.run.state import State
from common.run.story import Story
from common.run.system import System
from common.run.up import ready_programs


def main(arguments):
    """Plays on the system that runs, else on one of its own that it takes away afterwards."""
    argparse.ArgumentParser(prog="usersync demo", description=__doc__).parse_args(arguments)
    interrupts, progress, state = Interrupts(), Progress(), State.of_environment()
    state.make()
    programs = ready_programs(state, interrupts, progress)
    if leftovers.runs(state):
        interrupts.release()
        progress.say(f"on the system that runs in {state.directory}")
        Story(Publisher(programs, environment.running(state)), progress.say).play()
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="usersync-demo-"))
    progress.say(f"nothing runs in {state.directory}: a temporary system in {folder} plays the story")
    try:
        play_in(State(folder), programs, interrupts, progress)
        return 0
    except Stopped:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play_in(state, programs, interrupts, progress):
    """Starts everything in an empty folder, plays, and ends everything."""
    state.make()
    # Temporary directories are 0700, and PostgreSQL must pass through as its own user.
    state.directory.chmod(0o711)
    system = System(state, programs, interrupts, progress)
    try:
        system.start()
        Story(Publisher(programs, system.variables()), progress.say).play()
    finally:
        system.supervisor.stop()
        shutil.rmtree(place(state), ignore_errors=True)
    progress.say("the temporary system is stopped and removed; ./usersync up starts one that stays")
