"""One process that we start, watch and end, and its traces: a pid file and a log."""

import ctypes
import os
import signal
import subprocess
import time

LOG_LIMIT = 16 << 20
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None)


class Child:
    """A service by name.

    `stop_signal` asks it to end in order, `patience` is how many seconds that may take, and
    `before` is called before each start.
    """

    def __init__(self, state, name, command, *, environment=None, identity=None,
                 stop_signal=signal.SIGTERM, patience=7.0, before=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.stop_signal = stop_signal
        self.patience = patience
        self.pid_file = state.pid_file(name)
        self.log_file = state.log_file(name)
        self._environment = {**os.environ, **(environment or {})}
        self._identity = identity or {}
        self._before = before or (lambda: None)
        self._process = None
        self.began = 0.0

    @property
    def stage(self):
        """What ends with it at one time: all stores, or everything that calls them."""
        service = self.name.split("-")[0]
        return "callers" if service in ("bridge", "gateway", "web") else service

    @property
    def pid(self):
        return self._process.pid if self._process else None

    def start(self):
        """Starts the process in a session of its own, so that Ctrl-C reaches only us.

        The kernel ends it if we die without a word, so nothing is ever left without a keeper.
        """
        self._before()
        keeper = os.getpid()

        def bind():
            libc.prctl(PR_SET_PDEATHSIG, self.stop_signal)
            if os.getppid() != keeper:
                os._exit(1)

        if self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with open(self.log_file, "ab") as log:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env=self._environment, start_new_session=True, preexec_fn=bind, **self._identity)
        self.began = time.monotonic()
        # Whoever reads it meanwhile finds the one before, not an empty file.
        beside = self.pid_file.with_suffix(".new")
        beside.write_text(f"{self.pid}\n", encoding="utf-8")
        beside.replace(self.pid_file)

    def ended(self):
        """None while it runs, else how it ended, in words."""
        if self._process is None:
            return "was not started"
        status = self._process.poll()
        if status is None:
            return None
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"ended with status {status}"

    def ask_to_stop(self):
        self._signal(self.stop_signal)
        # One that somebody stopped with SIGSTOP must hear it too.
        self._signal(signal.SIGCONT)

    def kill(self):
        self._signal(signal.SIGKILL)
        self._process.wait()

    def forget(self):
        self.pid_file.unlink(missing_ok=True)

    def last_words(self, lines=12):
        """The end of its log, for a message about its end."""
        with open(self.log_file, "rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - 8192))
            text = log.read().decode("utf-8", "replace")
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])

    def _signal(self, number):
        if self.ended() is None:
            self._process.send_signal(number)
