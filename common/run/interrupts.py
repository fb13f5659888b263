"""Signals as something to wait for: a child ended, or somebody asked us to stop."""

import os
import select
import signal
import subprocess
import time

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


class Interrupts:
    """The handlers of this process. `wait` is the only place where it sleeps."""

    def __init__(self):
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stop = False
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in STOP_SIGNALS:
            # Under nohup a hang-up stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def wait(self, seconds):
        """Sleeps until a signal comes or the time is over. Raises Stopped, also if asked before."""
        if not self._stop:
            self._sleep(seconds)
        if self._stop:
            raise Stopped()

    def forget(self):
        """From here on `wait` sleeps again: the stop is under way."""
        self._stop = False
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def release(self):
        """Gives the signals back: Ctrl-C ends this process as it ends any."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    def run(self, command, output, environment=None, every=None, errors=subprocess.STDOUT):
        """Runs a command to its end and returns its status; a stop ends it and all its children.

        `output` is a file, and so may be `errors`; `every`, if given, is called about once a second.
        """
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=errors, env=environment, start_new_session=True)
        try:
            while process.poll() is None:
                self.wait(1)
                if every:
                    every()
        finally:
            if process.poll() is None:
                end_group(process)
        return process.returncode

    def _sleep(self, seconds):
        select.select([self._read], [], [], max(0, seconds))
        try:
            while os.read(self._read, 512):
                pass
        except BlockingIOError:
            pass

    def _ask_to_stop(self, *_):
        self._stop = True


def end_group(process):
    """Ends a command that leads its own process group: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass
        deadline = time.monotonic() + 3
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
