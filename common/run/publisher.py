"""Publishes documents and mutations with `usersync-bridge publish`, as any actor."""

import json
import os
import shlex
import subprocess

from common.run.documents import new_document
from common.run.problem import Problem

TIME_LIMIT = 60


class Publisher:
    """Publishes to the system that `variables` describe, with its operator's rights.

    The operator may speak on any actor's subject.
    """

    def __init__(self, programs, variables):
        self._program = programs / "usersync-bridge"
        self._variables = {name: variables[name] for name in (
            "USERSYNC_NATS_URL", "USERSYNC_NATS_USER", "USERSYNC_NATS_PASSWORD")}

    def publish(self, payload, actor):
        """Publishes a document, a mutation or a list of them; returns what the program printed.

        Problem if no answer came. A refusal is an answer.
        """
        try:
            result = subprocess.run([self._program, "publish", "-", "--actor", actor], input=json.dumps(payload),
                                    env={**os.environ, **self._variables}, text=True, check=False,
                                    timeout=TIME_LIMIT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            raise Problem(f"no receipt came within {TIME_LIMIT} s") from None
        return result.stdout

    def example(self):
        """A line to copy and paste into a shell, from any folder, for a client without a password."""
        document = json.dumps(new_document("you", "you@example.com"), separators=(",", ":"))
        return (f"echo '{document}' | {shlex.quote(str(self._program))} publish - "
                f"--nats-url {self._variables['USERSYNC_NATS_URL']}")
