"""What the person at the terminal sees: each step with the time it took."""

import contextlib
import sys
import time


class Progress:
    """Lines on standard output, or another stream. A reader that went away does not end the services."""

    def __init__(self, stream=sys.stdout):
        self._stream = stream
        self._open = False
        self._shown = 0

    @contextlib.contextmanager
    def step(self, title):
        """Prints `title ... 1.2 s`; what is said meanwhile stands on lines of its own."""
        begun = time.monotonic()
        self._write(f"{title} ... ")
        self._open = True
        yield
        took = f"{time.monotonic() - begun:.1f} s\n"
        self._erase()
        self._write(took if self._open else f"{title} ... {took}")
        self._open = False

    def say(self, text=""):
        self._erase()
        if self._open:
            self._write("\n")
            self._open = False
        self._write(f"{text}\n")

    def show(self, text):
        """A word on how far the step is: replaced by the next one, and only on a terminal."""
        if self._open and self._stream.isatty():
            self._erase()
            self._write(text)
            self._shown = len(text)

    def _erase(self):
        self._write("\b \b" * self._shown)
        self._shown = 0

    def _write(self, text):
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            pass
