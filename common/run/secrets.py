"""Random passwords and tokens, one file each, mode 0600 in a directory of mode 0700."""

import re
import secrets as randomness

from common.run.problem import Problem
from common.run.state import write_private

TOKENS = ("gateway.token", "bridge.token", "operator.token")
POSTGRES_ROLES = ("usersync_owner", "usersync_store", "usersync_reader")
# The private key of the log's signed heads (Ed25519), and the public one, which the store writes beside it.
LOG_KEY = "log.key"
LOG_VKEY = "log.vkey"
# As many as a key of Ed25519 needs.
SECRET_BYTES = 32
SERVICE_USERS = ("bridge", "operator")

# Names that an actor may not have, because they mean somebody else.
RESERVED = {"frontend-client", "system", "bridge", "gateway", "operator"}


class Secrets:
    """Reads secrets, and makes those that are missing."""

    def __init__(self, directory):
        self.directory = directory

    def make(self, actors):
        """Makes what is missing. Returns the names of the files it made."""
        for actor in actors:
            check_actor(actor)
        names = [*TOKENS, LOG_KEY]
        names += [f"nats-{user}" for user in (*SERVICE_USERS, *actors)]
        names += [f"postgres-{role}" for role in POSTGRES_ROLES]
        made = [name for name in names if not self.path(name).exists()]
        for name in made:
            write_private(self.path(name), randomness.token_hex(SECRET_BYTES))
        return made

    def path(self, name):
        return self.directory / name

    def read(self, name):
        text = self.path(name).read_text(encoding="utf-8").strip()
        if not re.fullmatch(r"[A-Za-z0-9._~-]{16,128}", text):
            raise Problem(
                f"{self.path(name)} must hold 16 to 128 of [A-Za-z0-9._~-]; remove it to get a new one")
        return text

    def nats_password(self, user):
        return self.read(f"nats-{user}")

    def postgres_password(self, role):
        return self.read(f"postgres-{role}")


def check_actor(actor):
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", actor) or actor in RESERVED:
        raise Problem(f"'{actor}' cannot be an actor: 1 to 64 of [A-Za-z0-9_-], and not one of "
                      + ", ".join(sorted(RESERVED)))
