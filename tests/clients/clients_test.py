"""The example clients in other languages: killed in the middle of the feed, they go on and miss nothing."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
import urllib.request

from common.run import node, web
from common.run.interrupts import Interrupts
from common.run.state import ROOT
from tests.running.running_system import RunningSystem

CLIENTS = ROOT / "tests" / "clients"
# Debian's, which sees Debian's packages.
PYTHON = "/usr/bin/python3"
KILLED_AT, LAST = 50, 100


class ClientsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="usersync-clients-")))
        self.system = self.enterContext(RunningSystem()).start()
        self.variables = self.system.variables()

    def test_python_prints_every_change_once_though_it_is_killed(self):
        generated = self.folder / "python"
        generated.mkdir()
        protos = [path.relative_to(ROOT / "protos") for path in (ROOT / "protos" / "users" / "v1").glob("*.proto")]
        subprocess.run(["protoc", "-I", ".", f"--python_out={generated}", f"--grpc_out={generated}",
                        "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", *protos],
                       cwd=ROOT / "protos", check=True)
        self.follow([PYTHON, CLIENTS / "python" / "watch.py", self.variables["USERSYNC_GATEWAY_GRPC"]],
                    {**os.environ, "PYTHONPATH": str(generated)})

    def test_typescript_prints_every_change_once_though_it_is_killed(self):
        environment = node.environment(self.folder / "node", self.folder / "node.log", Interrupts())
        package = CLIENTS / "typescript"
        for step in ("install", "--frozen-lockfile"), ("--filter", "./tests/clients/typescript", "generate"), \
                ("--filter", "./tests/clients/typescript", "build"):
            subprocess.run([*web.pnpm(), "--dir", ROOT, *step], env=environment, check=True, stdout=subprocess.DEVNULL)
        self.follow(["node", package / "dist" / "watch.js", f"http://{self.variables['USERSYNC_GATEWAY_GRPC']}"],
                    environment)

    def follow(self, command, environment):
        """Kills the client at one change, writes more, and starts it again on what it saved."""
        log = self.folder / "changes.log"
        self.write_until(KILLED_AT)
        printed = self.run_until(KILLED_AT, [*command, log], environment)
        self.write_until(LAST)
        # A crash in the middle of a line.
        with open(log, "ab") as file:
            file.write(b"51 half-a-checkp")
        printed += self.run_until(LAST, [*command, log], environment)
        self.assertEqual(printed, list(range(1, LAST + 1)))
        saved = [line.split(" ") for line in log.read_text(encoding="utf-8").splitlines()]
        self.assertEqual({len(words) for words in saved}, {2})
        self.assertEqual([int(sequence) for sequence, _ in saved], printed)

    def run_until(self, sequence, command, environment):
        """Runs a client until it has printed a sequence, and kills it. Returns all that it printed."""
        printed = []
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as client:
            try:
                while not printed or printed[-1] < sequence:
                    line = client.stdout.readline()
                    self.assertTrue(line, f"the client ended after {printed}")
                    printed.append(int(line))
            finally:
                client.send_signal(signal.SIGKILL)
        return printed

    def head(self):
        return int(self.system.query("SELECT head FROM feed"))

    def write_until(self, sequence):
        """Makes users over REST until the newest change has this sequence."""
        for number in range(self.head() + 1, sequence + 1):
            user = {"id": f"user-{number}", "email": f"user-{number}@example.com", "status": "active"}
            request = urllib.request.Request(
                f"{self.variables['USERSYNC_GATEWAY_URL']}/api/users", json.dumps(user).encode(),
                {"Content-Type": "application/json", "X-User-ID": "writer"}, method="POST")
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
