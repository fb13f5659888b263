"""Which port each listener takes: the one that a variable names, else the default or the next free."""

import contextlib
import os
import socket
import time

from common.run.problem import Problem

HOST = "127.0.0.1"
# All addresses, where a network of its own surrounds a server.
ANY_HOST = "0.0.0.0"

DEFAULTS = {
    "NATS": 4222,
    "NATS_WS": 9222,
    "POSTGRES": 5432,
    "STORE": 50052,
    "GATEWAY_HTTP": 8080,
    "GATEWAY_HTTPS": 8443,
    "GATEWAY_GRPC": 50051,
    "WEB": 3000,
    "STORE_METRICS": 9464,
    "BRIDGE_METRICS": 9465,
    "GATEWAY_METRICS": 9466,
}
LONGEST_TURN = 60.0
# Off unless it is named: the monitor answers JSONP to any web page.
OPTIONAL = "NATS_MONITOR"


def variable(name):
    return f"USERSYNC_{name}_PORT"


def named(name):
    """The port that the environment names, or None."""
    text = os.environ.get(variable(name), "")
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Problem(f"{variable(name)}={text} is no port: it must be a number from 1 to 65535")
    return int(text)


def named_or_default(name):
    return named(name) or DEFAULTS.get(name)


def is_free(port):
    with socket.socket() as probe:
        # As servers do, so that connections in TIME_WAIT do not count as busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def turn(wait):
    """One `up` at a time: two that choose at once would both find a default free.

    It lasts until the servers listen on what was chosen. `wait(seconds)` sleeps; one whose turn
    does not end is passed after a while.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        deadline = time.monotonic() + LONGEST_TURN
        while time.monotonic() < deadline:
            try:
                # A name that belongs to this network, as ports do, and that dies with its holder.
                lock.bind("\0usersync-ports")
                break
            except OSError:
                wait(0.1)
        yield


class Ports:
    """Hands out ports, each once."""

    def __init__(self, say=print):
        self._say = say
        self._taken = {}

    def choose(self, names):
        """Returns name → port. Named ports first, so that no moved default takes one of them."""
        chosen = {}
        for name in names:
            port = named(name)
            if port is not None:
                chosen[name] = self._take_named(name, port)
        for name in names:
            if name not in chosen and name in DEFAULTS:
                chosen[name] = self._take_default(name)
        return chosen

    def free(self, after):
        """The next free port that is nobody's default."""
        for port in range(after + 1, 65536):
            if port not in DEFAULTS.values() and port not in self._taken and is_free(port):
                self._taken[port] = None
                return port
        raise Problem(f"no port above {after} is free")

    def _take_named(self, name, port):
        if port in self._taken:
            raise Problem(f"{variable(name)}={port}: {variable(self._taken[port])} names the same port")
        if not is_free(port):
            raise Problem(f"port {port} is busy; {variable(name)} names it: free it, or name another")
        self._taken[port] = name
        return port

    def _take_default(self, name):
        port = DEFAULTS[name]
        if port not in self._taken and is_free(port):
            self._taken[port] = name
            return port
        moved = self.free(port)
        self._say(f"port {port} is busy: {name.lower()} takes {moved} ({variable(name)} names another)")
        return moved
