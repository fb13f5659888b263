"""The state directory, $USERSYNC_DIR: every path below it has its name here."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


class State:
    """The layout of one state directory. Nothing is made until `make`."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).absolute()
        self.secrets = self.directory / "secrets"
        self.run = self.directory / "run"
        self.log = self.directory / "log"
        self.build = self.directory / "build"
        self.nats_config = self.directory / "nats.conf"
        self.nats_data = self.directory / "nats"
        self.postgres_data = self.directory / "postgres"
        # Says where the database lies, because that is not always postgres_data.
        self.postgres_pointer = self.directory / "pgdata"
        # The signed heads of the history: append-only, and worth a backup of their own.
        self.log_heads = self.log / "heads"
        # Who was erased: outlives every backup of the database, and is applied again after a restore.
        self.erasures = self.log / "erasures"
        # The built page, as it was when this system started.
        self.page = self.directory / "page"
        # What runs now, for `./usersync env`; there only while something runs.
        self.environment = self.run / "environment.json"

    @staticmethod
    def of_environment():
        """The directory that USERSYNC_DIR names, else .usersync in the tree."""
        return State(os.environ.get("USERSYNC_DIR") or ROOT / ".usersync")

    def make(self):
        """Makes the directories that everything else expects. Safe to repeat."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for private in (self.secrets, self.nats_data):
            private.mkdir(exist_ok=True)
            private.chmod(0o700)
        for public in (self.run, self.log):
            public.mkdir(exist_ok=True)

    def pid_file(self, name):
        return self.run / f"{name}.pid"

    def log_file(self, name):
        return self.log / f"{name}.log"


def write_private(path, text):
    """Replaces a file that only its owner may read, all at once."""
    path = pathlib.Path(path)
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
