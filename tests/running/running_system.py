"""One `./usersync up` in a folder of its own, for tests that watch it from outside."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from common.run.state import ROOT, State

SCRIPT = ROOT / "usersync"
READY = "Ctrl-C stops everything."
DOCUMENT = ('{"id":"%s","email":"%s@example.com","status":"active","created_at":"2024-01-01T00:00:00Z",'
            '"updated_at":"2024-01-01T00:00:00Z","_deleted":false}')


def eventually(condition, what, seconds=60):
    """Waits until `condition()` is true and returns what it gave; fails with `what` otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s still not: {what}")


def address(url):
    """Its host and port."""
    host, _, port = url.rpartition("/")[2].rpartition(":")
    return host, int(port)


def lives(pid):
    """Whether the process exists and is more than a zombie."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class RunningSystem:
    """Starts `up` with the given variables. Use it with `with`: it leaves nothing behind."""

    def __init__(self, folder=None, page=False, **variables):
        self._parent = None if folder else pathlib.Path(tempfile.mkdtemp(prefix="usersync-test-"))
        if self._parent:
            self._parent.chmod(0o755)
        self.state = State(folder or self._parent / "state")
        self.environment = {**os.environ, **variables, "USERSYNC_DIR": str(self.state.directory),
                            "USERSYNC_BIN_DIR": os.environ["USERSYNC_BIN_DIR"]}
        self.script = SCRIPT
        self._options = () if page else ("--no-page",)
        self.programs = pathlib.Path(os.environ["USERSYNC_BIN_DIR"])
        self.process = None
        self._output = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.stop()
        if self._parent:
            data = self.data()
            shutil.rmtree(self._parent, ignore_errors=True)
            # It may lie elsewhere, and we are the only ones who know.
            if data and data.name.startswith("usersync-"):
                shutil.rmtree(data, ignore_errors=True)

    def move_to(self, tree):
        """From now on the programs are those that `up` builds from another tree."""
        self.script = tree / "usersync"
        self.programs = self.state.build / "bin"
        del self.environment["USERSYNC_BIN_DIR"]
        # Sources and programs both lie below it, so that ccache knows them from one run to the next.
        self.environment["CCACHE_BASEDIR"] = str(self.state.directory.parent)

    def start(self, seconds=120):
        """Starts `up`, and returns when it has printed its addresses."""
        self.begin()
        eventually(lambda: READY in self.output() or self.process.poll() is not None, "up is ready", seconds)
        if self.process.poll() is not None:
            raise AssertionError(f"up ended:\n{self.output()}")
        return self

    def begin(self):
        self.state.directory.parent.mkdir(parents=True, exist_ok=True)
        self._output = self.state.directory.parent / "up.output"
        with open(self._output, "wb") as output:
            self.process = subprocess.Popen([self.script, "up", *self._options], env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)

    def stop(self, number=signal.SIGTERM):
        """Asks only the process itself to end. Returns its status and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(60), time.monotonic() - begun

    def output(self):
        return self._output.read_text(encoding="utf-8")

    def run(self, *arguments):
        """Runs another command of the script on the same state directory."""
        return subprocess.run([self.script, *arguments], env=self.environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)

    def variables(self):
        """What `env` prints, as a shell understands it."""
        answer = subprocess.run(["bash", "-c", 'eval "$("$0" env)" && env -0', self.script], env=self.environment,
                                text=True, check=True, stdout=subprocess.PIPE)
        return dict(line.split("=", 1) for line in answer.stdout.split("\0") if line.startswith("USERSYNC_"))

    def query(self, sql):
        """Asks the database as the operator does."""
        answer = subprocess.run(["psql", self.variables()["USERSYNC_DATABASE_URL"], "-XAtc", sql],
                                text=True, check=True, stdout=subprocess.PIPE, timeout=60)
        return answer.stdout.strip()

    def publish(self, document):
        """Publishes as a client without a password; returns what was printed."""
        variables = {**self.environment, "USERSYNC_NATS_URL": self.variables()["USERSYNC_NATS_URL"]}
        answer = subprocess.run([self.programs / "usersync-bridge", "publish", "-"], input=document, env=variables,
                                text=True, check=False, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return answer.stdout

    def take(self, doc_id):
        """Fails unless a new user still goes the whole way, from NATS to the database and back."""
        eventually(lambda: "APPLIED" in self.publish(DOCUMENT % (doc_id, doc_id)), f"{doc_id} is applied")
        version = self.query(f"SELECT version FROM users WHERE doc_id = '{doc_id}'")
        if version != "1":
            raise AssertionError(f"{doc_id} is applied, but its version is '{version}'")

    def pid(self, name):
        return int(self.state.pid_file(name).read_text(encoding="utf-8"))

    def pids(self):
        return {path.stem: self.pid(path.stem) for path in self.state.run.glob("*.pid")}

    def data(self):
        try:
            return pathlib.Path(self.state.postgres_pointer.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None
