"""Ten thousand clients that have asked once and stay: what they cost the gateway."""

import contextlib
import os
import pathlib
import re
import resource
import socket
import subprocess
import tempfile
import unittest

from common.run.health import http_answers
from tests.running.running_system import eventually

WANTED = 10000
# What the test and the gateway need besides.
OTHER_FILES = 300
MOST_BYTES_EACH = 20 << 10
REQUEST = b"GET /config.json HTTP/1.1\r\nHost: localhost\r\n\r\n"


def raise_file_limit():
    """Returns how many files this process may have open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return WANTED + OTHER_FILES if hard == resource.RLIM_INFINITY else hard


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """One without a store, in a folder of its own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        pathlib.Path(self.folder.name, "gateway.token").write_text("0" * 64, encoding="utf-8")
        self.port = free_port()
        program = pathlib.Path(os.environ["USERSYNC_BIN_DIR"], "usersync-gateway")
        self.process = subprocess.Popen(
            [program, "serve", "--secrets-dir", self.folder.name, "--gateway-http-port", str(self.port),
             "--gateway-grpc-port", "0", "--gateway-metrics-port", "0", "--store-addr", "127.0.0.1:1",
             "--drain-timeout", "1s"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers(self):
        return http_answers(self.port, "/config.json")

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", status, re.M)[1]) << 10

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.folder.cleanup()


class IdleConnectionsTest(unittest.TestCase):
    def setUp(self):
        self.files = raise_file_limit()
        self.gateway = Gateway()
        self.addCleanup(self.gateway.stop)
        eventually(self.gateway.answers, "the gateway answers")

    def test_ten_thousand_cost_little_and_block_nobody(self):
        count = min(WANTED, self.files - OTHER_FILES)
        before = self.gateway.memory()
        with contextlib.ExitStack() as clients:
            for _ in range(count):
                client = clients.enter_context(socket.create_connection(("127.0.0.1", self.gateway.port), 60))
                client.sendall(REQUEST)
                self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 200 "))
            each = (self.gateway.memory() - before) // count
            print(f"{count} idle connections take {each} bytes each")
            self.assertLess(each, MOST_BYTES_EACH)
            self.assertTrue(self.gateway.answers())


if __name__ == "__main__":
    unittest.main()
