"""The page: built once for this tree when its sources have changed, and served by Vite."""

import argparse
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil

from common.run import node, packages, web
from common.run.child import Child
from common.run.interrupts import Interrupts
from common.run.ports import variable
from common.run.problem import Problem
from common.run.progress import Progress
from common.run.state import ROOT

ROOM = ROOT / "web"
BUILT = ROOM / "dist"
VITE = ROOM / "node_modules" / "vite" / "bin" / "vite.js"
# Node, logs and this stamp, which says of which sources BUILT was made, are of the tree, not of one system.
TOOLS = ROOT / "build"
STAMP = TOOLS / "page.stamp"

SOURCES = ("web", "protos", "package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml")
# Folders of what is made from them.
MADE = {"node_modules", "dist", "generated"}
# `./usersync test` checks the types.
STEPS = (("install", "--frozen-lockfile", "--filter", "@usersync/page..."),
         ("--filter", "@usersync/sync", "generate"),
         ("--filter", "@usersync/page", "exec", "vite", "build"))


class Page:
    """The built page of one system, in a folder of its own: a later build does not change it."""

    def __init__(self, state, environment):
        self._state = state
        self._environment = environment
        self.folder = state.page

    def server(self, port, addresses):
        """The process that serves it. `addresses` are the variables that /config.json tells."""
        # The folder is in the state directory: so a leftover is known as ours.
        command = ["node", VITE, "preview", ROOM, "--configLoader", "runner", "--outDir", self.folder]
        return Child(self._state, "web", command, environment={
            **self._environment, **addresses, variable("WEB"): str(port), "NO_COLOR": "1"})


def make(state, interrupts, progress):
    """Returns the page, built if need be. None where that fails: then it says why, and the rest runs without it."""
    try:
        build(interrupts, progress)
        shutil.rmtree(state.page, ignore_errors=True)
        shutil.copytree(BUILT, state.page)
        return Page(state, node.environment(TOOLS / "node", TOOLS / "web.log", interrupts))
    except (Problem, OSError) as problem:
        progress.say(f"the page cannot be built, everything else runs without it: {problem}")
        return None


def main(arguments):
    """Builds the page into web/dist, unless it is there."""
    argparse.ArgumentParser(prog="usersync page", description=main.__doc__).parse_args(arguments)
    build(Interrupts(), Progress())
    return 0


def build(interrupts, progress):
    """Makes BUILT what the sources say. Problem if it cannot be."""
    # A tree that nobody may write to will do, if it is built.
    if is_fresh():
        return
    TOOLS.mkdir(exist_ok=True)
    with progress.step("building the page"), turn(interrupts.wait):
        # Another run may just have done it.
        if is_fresh():
            return
        with open(TOOLS / "packages.log", "ab") as output:
            packages.ensure(packages.WEB, lambda command, variables: interrupts.run(command, output, variables),
                            progress.say)
        digest = digest_of_sources()
        STAMP.unlink(missing_ok=True)
        web.run(STEPS, TOOLS, interrupts)
        STAMP.write_text(digest, encoding="utf-8")


@contextlib.contextmanager
def turn(wait):
    """One at a time builds in this tree. `wait(seconds)` sleeps."""
    with open(TOOLS / "page.lock", "w", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                wait(0.1)
        yield


def is_fresh():
    """Whether BUILT is what the sources make, and Vite is there to serve it."""
    try:
        is_there = VITE.exists() and (BUILT / "index.html").exists()
        return is_there and STAMP.read_text(encoding="utf-8") == digest_of_sources()
    except OSError:
        return False


def digest_of_sources():
    digest = hashlib.sha256()
    for path in sorted(path for name in SOURCES for path in files_of(ROOT / name)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def files_of(path):
    """The file itself, or all files of a folder but those that are made."""
    if path.is_file():
        yield path
    for folder, inside, names in os.walk(path):
        inside[:] = [name for name in inside if name not in MADE]
        yield from (pathlib.Path(folder, name) for name in names)
