"""A private PostgreSQL cluster: its place, its owner, its roles and its settings."""

import contextlib
import fcntl
import getpass
import hashlib
import os
import pathlib
import pwd
import shutil
import subprocess

from common.run import ports
from common.run.problem import Problem
from common.run.secrets import POSTGRES_ROLES
from common.run.state import ROOT, write_private

TEMPLATE = ROOT / "docker" / "postgresql.conf"
SYSTEM_USER = "postgres"
DATABASE = "usersync"
# Made once the cluster is complete; in the data directory, so that it goes where the data goes.
INCLUDE = "usersync.conf"

# Only the administrator of this machine may be the superuser, and only through the socket.
HBA = """# Written by ./usersync.
local  all  postgres             peer map=usersync
local  all  all                  scram-sha-256
host   all  all       {clients}  scram-sha-256
"""
# Who may come: this machine, or the networks that this one is in.
CLIENTS = {ports.HOST: "127.0.0.1/32", ports.ANY_HOST: "samenet"}

ROLES = """CREATE ROLE usersync_owner LOGIN PASSWORD '{usersync_owner}'
CREATE ROLE usersync_store LOGIN PASSWORD '{usersync_store}'
CREATE ROLE usersync_reader LOGIN PASSWORD '{usersync_reader}' IN ROLE pg_read_all_settings
CREATE ROLE usersync_eraser NOLOGIN ROLE usersync_owner
CREATE DATABASE usersync OWNER usersync_owner
REVOKE ALL ON DATABASE usersync FROM PUBLIC
GRANT CONNECT ON DATABASE usersync TO usersync_store, usersync_reader, usersync_eraser
"""
NEW_PASSWORD = "ALTER ROLE {role} PASSWORD '{password}'\n"


def programs():
    """The folder with initdb and postgres, which Debian keeps off the path."""
    for folder in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                         key=lambda path: int(path.parent.name) if path.parent.name.isdecimal() else 0,
                         reverse=True):
        if (folder / "postgres").exists():
            return folder
    found = shutil.which("postgres")
    if not found:
        raise Problem("PostgreSQL is missing: apt-get install postgresql")
    return pathlib.Path(found).resolve().parent


def identity():
    """How a child becomes the user that PostgreSQL runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise Problem(f"the system user {SYSTEM_USER} is missing: apt-get install postgresql") from None
    return {"user": user.pw_uid, "group": user.pw_gid,
            "extra_groups": os.getgrouplist(SYSTEM_USER, user.pw_gid)}


def system_user():
    return SYSTEM_USER if os.geteuid() == 0 else getpass.getuser()


def can_reach(directory):
    """Whether the user that PostgreSQL runs as may pass through `directory` and all above it."""
    return subprocess.run(["test", "-x", directory], check=False, cwd="/", **identity()).returncode == 0


def place(state):
    """Where the data lies: in the state directory, or at postgres' home if it cannot get there."""
    digest = hashlib.sha256(os.fsencode(state.directory)).hexdigest()[:16]
    elsewhere = pathlib.Path(pwd.getpwnam(system_user()).pw_dir) / f"usersync-{digest}"
    inside = state.postgres_data
    if os.geteuid() != 0 or (inside / "PG_VERSION").exists():
        return inside
    # A cluster that was begun elsewhere stays there, even if the way is open by now.
    if (elsewhere / "PG_VERSION").exists() or not can_reach(state.directory):
        return elsewhere
    return inside


class Cluster:
    """The cluster of one state directory."""

    def __init__(self, state, secrets, port, host=ports.HOST):
        self._state = state
        self._secrets = secrets
        self.port = port
        self._host = host
        self.programs = programs()
        self.data = place(state)

    def command(self):
        return [str(self.programs / "postgres"), "-D", str(self.data)]

    def url(self, role):
        password = self._secrets.postgres_password(role)
        return f"postgresql://{role}:{password}@{ports.HOST}:{self.port}/{DATABASE}"

    def prepare(self, new_secrets=(), template=None):
        """Makes the cluster if there is none, and writes its settings. It must not be running.

        `new_secrets` names the secrets that were made just now: an existing cluster takes over
        their passwords. `template` is a directory that keeps a finished cluster with its secrets
        for the next caller, who then copies instead of making one.
        """
        if not (self.data / "PG_VERSION").exists():
            if template:
                self._copy(pathlib.Path(template).absolute())
            else:
                self._make()
        else:
            changed = [role for role in POSTGRES_ROLES if f"postgres-{role}" in new_secrets]
            if changed:
                self._single_user(self.data, "".join(
                    NEW_PASSWORD.format(role=role, password=self._secrets.postgres_password(role))
                    for role in changed))
        self._write(self.data / INCLUDE, self._settings())
        self._state.postgres_pointer.write_text(f"{self.data}\n", encoding="utf-8")

    def _make(self):
        """initdb and roles beside the place, then one rename: half a cluster is never used."""
        beside = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(beside, ignore_errors=True)
        self._own_directory(beside)
        self._run([self.programs / "initdb", "-D", beside, "-U", "postgres", "-E", "UTF8",
                   "--locale=C.UTF-8", "--auth=reject", "--data-checksums", "--no-sync", "--no-instructions"])
        self._write(beside / "pg_hba.conf", HBA.format(clients=CLIENTS[self._host]))
        self._write(beside / "pg_ident.conf", "".join(
            f"usersync {user} postgres\n" for user in dict.fromkeys((system_user(), "root"))))
        self._write(beside / INCLUDE, self._settings())
        with open(beside / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"\ninclude '{INCLUDE}'\n")
        self._single_user(beside, ROLES.format(
            **{role: self._secrets.postgres_password(role) for role in POSTGRES_ROLES}))
        beside.rename(self.data)

    def _copy(self, template):
        # What was made by other rules is no template of ours.
        template = template / hashlib.sha256((HBA + ROLES).encode()).hexdigest()[:16]
        with locked(template):
            source = template / "cluster"
            if not (source / "PG_VERSION").exists():
                self._make()
                for role in POSTGRES_ROLES:
                    write_private(template / f"postgres-{role}", self._secrets.postgres_password(role))
                copy(self.data, source)
                return
            for role in POSTGRES_ROLES:
                password = (template / f"postgres-{role}").read_text(encoding="utf-8")
                write_private(self._secrets.path(f"postgres-{role}"), password)
        beside = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(beside, ignore_errors=True)
        copy(source, beside)
        beside.rename(self.data)

    def _single_user(self, data, sql):
        """Runs statements, one a line, without a server that others could reach."""
        output = self._run([self.programs / "postgres", "--single", "-D", data, "-c",
                            "log_checkpoints=off", "postgres"], sql)
        if "ERROR:" in output or "FATAL:" in output:
            raise Problem(f"PostgreSQL refused to make its roles in {data}:\n{output}")

    def _run(self, command, text=""):
        result = subprocess.run([str(part) for part in command], input=text, text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/", **identity())
        if result.returncode != 0:
            raise Problem(f"{command[0]} failed:\n{result.stdout.strip()}")
        return result.stdout

    def _own_directory(self, path):
        path.mkdir(parents=True, mode=0o700)
        owner = identity()
        if owner:
            os.chown(path, owner["user"], owner["group"])

    def _settings(self):
        text = TEMPLATE.read_text(encoding="utf-8")
        return text.replace("{{host}}", self._host).replace("{{port}}", str(self.port))

    def _write(self, path, text):
        write_private(path, text)
        owner = identity()
        if owner:
            os.chown(path, owner["user"], owner["group"])


def copy(source, target):
    # cp keeps owner and mode, and shares the blocks where the file system can.
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)


@contextlib.contextmanager
def locked(directory):
    """One caller at a time fills a template."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
