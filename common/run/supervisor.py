"""Keeps the services alive until somebody asks for the end."""

import itertools
import time

from common.run.problem import Problem

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
# One that ran this long had nothing wrong with its start.
STEADY = 10.0
# How often a service may die before it was ready once.
PATIENCE_AT_START = 9
LONGEST_START = 300.0


class Supervisor:
    """All children of one `up`, in the order in which they start."""

    def __init__(self, interrupts, progress):
        self._interrupts = interrupts
        self._progress = progress
        self._kept = []

    def start(self, child, is_ready):
        """Starts a child and waits until it lives and `is_ready` says so. Problem if it cannot live."""
        kept = Kept(child)
        self._kept.append(kept)
        kept.start()
        deadline = time.monotonic() + LONGEST_START
        # Another program may answer in place of one that found its port taken.
        while not (is_ready() and child.ended() is None):
            self.look_after()
            if kept.deaths >= PATIENCE_AT_START or time.monotonic() > deadline:
                raise Problem(f"{child.name} does not start; the end of {child.log_file}:\n{child.last_words()}")
            self._interrupts.wait(0.05)

    def keep(self):
        """Watches for ever; only Stopped ends it."""
        while True:
            self._interrupts.wait(self.look_after())

    def look_after(self):
        """Restarts what ended and whose time has come. Returns the seconds until the next look."""
        return min((kept.look_after(self._progress.say) for kept in self._kept), default=60.0)

    def stop(self):
        """Ends all, the last started first: page, gateway and bridges, all stores, NATS, PostgreSQL."""
        self._interrupts.forget()
        children = [kept.child for kept in reversed(self._kept)]
        for _, stage in itertools.groupby(children, key=lambda child: child.stage):
            self._stop_together(list(stage))

    def _stop_together(self, children):
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + max(child.patience for child in children)
        while any(child.ended() is None for child in children) and time.monotonic() < deadline:
            self._interrupts.wait(deadline - time.monotonic())
        for child in children:
            if child.ended() is None:
                self._progress.say(f"{child.name} does not end by itself: it is killed")
                child.kill()
            child.forget()


class Kept:
    """A child with the history of its deaths."""

    def __init__(self, child):
        self.child = child
        self.deaths = 0
        self._due = None

    def start(self):
        self.child.start()
        self._due = None

    def look_after(self, say):
        now = time.monotonic()
        if self._due is None:
            end = self.child.ended()
            if end is None:
                return 60.0
            if now - self.child.began > STEADY:
                self.deaths = 0
            delay = min(FIRST_DELAY * 2 ** self.deaths, LONGEST_DELAY)
            self.deaths += 1
            self._due = now + delay
            say(f"{self.child.name} (pid {self.child.pid}) {end}: it is restarted in {delay:.1f} s")
        if now < self._due:
            return self._due - now
        self.start()
        say(f"{self.child.name} runs again (pid {self.child.pid})")
        return 60.0
