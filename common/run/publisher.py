"""Publishes documents and mutations with `usersync-bridge publish`, as any actor."""

import json
import os
import shlex
import subprocess

from common.run.documents import new_document
from common.run.problem import Problem

TIME_LIMIT = 60


class Publisher:
    """Publishes to the NATS server at `url`."""

    def __init__(self, programs, url, secrets):
        self._program = programs / "usersync-bridge"
        self._url = url
        self._secrets = secrets

    def publish(self, payload, actor=None):
        """Publishes a document, a mutation or a list of them; returns what the program printed.

        Problem if no answer came. A refusal is an answer.
        """
        environment = {**os.environ, "USERSYNC_NATS_URL": self._url, "USERSYNC_NATS_USER": "",
                       "USERSYNC_NATS_PASSWORD": ""}
        command = [self._program, "publish", "-"]
        if actor:
            command += ["--actor", actor]
            environment["USERSYNC_NATS_USER"] = actor
            environment["USERSYNC_NATS_PASSWORD"] = self._secrets.nats_password(actor)
        try:
            result = subprocess.run(command, input=json.dumps(payload), env=environment, text=True, check=False,
                                    timeout=TIME_LIMIT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            raise Problem(f"no receipt came within {TIME_LIMIT} s") from None
        return result.stdout

    def example(self):
        """A line to copy and paste into a shell, from any folder."""
        document = json.dumps(new_document("you", "you@example.com"), separators=(",", ":"))
        return f"echo '{document}' | {shlex.quote(str(self._program))} publish - --nats-url {self._url}"
