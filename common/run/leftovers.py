"""Processes that an earlier `up` left behind, and the lock that keeps a second one out."""

import fcntl
import os
import pathlib
import signal
import time

from common.run.problem import Problem


def command_of(pid):
    """The command line of a process, or an empty list if there is none."""
    try:
        text = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(part) for part in text.split(b"\0") if part]


def read_pid(path):
    try:
        return int(path.read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def lock(state):
    """Makes us the one `up` of this state directory, for as long as the result stays open."""
    file = open(state.pid_file("up"), "a+", encoding="utf-8")
    deadline = time.monotonic() + 1
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                file.close()
                raise Problem(f"already runs in {state.directory} as process "
                              f"{read_pid(state.pid_file('up'))}; ./usersync env prints its addresses") from None
            time.sleep(0.05)
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def runs(state):
    """Whether an `up` holds this state directory now."""
    try:
        with open(state.pid_file("up"), encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def end_leftovers(state, places, say):
    """Ends the processes that run/*.pid names, if they are still the ones that were meant.

    A pid is ours only if its command line names one of `places`, our own directories: numbers
    are used again by others.
    """
    for path in sorted(state.run.glob("*.pid")):
        if path.stem == "up":
            continue
        pid = read_pid(path)
        if pid and is_ours(pid, places):
            say(f"{path.stem} (pid {pid}) was left by an earlier run: it is ended")
            end(pid, signal.SIGINT if path.stem == "postgres" else signal.SIGTERM, places)
        path.unlink(missing_ok=True)


def is_ours(pid, places):
    return any(str(place) in part for part in command_of(pid) for place in places)


def end(pid, first, places):
    for number, patience in ((first, 8), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_ours(pid, places):
                return
            time.sleep(0.05)


def forget_foreign_postmaster(data):
    """Removes a postmaster.pid whose number now belongs to another program.

    PostgreSQL would refuse to start next to any living process of its own user with that number,
    which after a restart of a container may well be one of our services.
    """
    path = data / "postmaster.pid"
    pid = read_pid(path)
    if pid and pathlib.Path(f"/proc/{pid}").exists() and not is_ours(pid, [data]):
        path.unlink(missing_ok=True)
