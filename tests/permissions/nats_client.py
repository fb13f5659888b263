"""A NATS client of the bare protocol, so that a test sees exactly what the server says."""

import json
import re
import socket


class NatsClient:
    """One connection. `errors` holds what the server refused, `messages` what it delivered."""

    def __init__(self, port, user=None, password=None):
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._file = self._socket.makefile("rb")
        self.info = json.loads(self._file.readline()[5:])
        self.errors = []
        self.messages = []
        self._subscriptions = 0
        options = {"verbose": False, "headers": True, "no_responders": True, "lang": "test", "version": "1"}
        if user is not None:
            options.update(user=user, **({} if password is None else {"pass": password}))
        self._send(f"CONNECT {json.dumps(options)}\r\n")
        try:
            self.flush()
        except OSError:
            self.close()
            raise

    def close(self):
        self._file.close()
        self._socket.close()

    def publish(self, subject, payload=b"", reply=""):
        """Returns whether the server let it through."""
        before = len(self.errors)
        self._send(f"PUB {subject} {reply} {len(payload)}\r\n".replace("  ", " "), payload, b"\r\n")
        self.flush()
        return len(self.errors) == before

    def subscribe(self, subject, queue=""):
        """Returns whether the server accepted it."""
        before = len(self.errors)
        self._subscriptions += 1
        self._send(f"SUB {subject} {queue} {self._subscriptions}\r\n".replace("  ", " "))
        self.flush()
        return len(self.errors) == before

    def received(self, subject):
        """The payloads that came so far on one subject."""
        self.flush()
        return [payload for where, payload in self.messages if where == subject]

    def flush(self):
        """Waits until the server has dealt with all that was sent, and read what it sent before."""
        self._send("PING\r\n")
        while True:
            line = self._file.readline().rstrip(b"\r\n")
            if not line:
                raise ConnectionError(f"the server hung up: {self.errors}")
            if line == b"PONG":
                return
            if line == b"PING":
                self._send("PONG\r\n")
            elif line.startswith(b"-ERR"):
                self.errors.append(line.decode()[6:-1])
            elif match := re.fullmatch(rb"MSG (\S+) \S+ (?:\S+ )?(\d+)", line):
                self.messages.append((match[1].decode(), self._payload(int(match[2]))))
            elif match := re.fullmatch(rb"HMSG (\S+) \S+ (?:\S+ )?(\d+) (\d+)", line):
                self.messages.append((match[1].decode(), self._payload(int(match[3]))[int(match[2]):]))

    def _payload(self, size):
        return self._file.read(size + 2)[:-2]

    def _send(self, *parts):
        self._socket.sendall(b"".join(part.encode() if isinstance(part, str) else part for part in parts))
