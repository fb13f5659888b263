"""`pnpm run dev`: the page from its sources, as whoever works on it starts it."""

import json
import os
import pathlib
import socket
import subprocess
import unittest
import urllib.request

from common.run import page, web
from common.run.interrupts import Interrupts
from common.run.ports import HOST, is_free
from common.run.state import ROOT
from tests.running.running_system import eventually


def fetched(url):
    """What is there; nothing while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class DevTest(unittest.TestCase):
    def setUp(self):
        environment = web.run([("install", "--frozen-lockfile")], page.TOOLS, Interrupts())
        npx, yes, wanted = web.pnpm()
        self.pnpm = subprocess.run([npx, yes, "--package", wanted, "--call", "command -v pnpm"], check=True, text=True,
                                   env=environment, stdout=subprocess.PIPE).stdout.strip()
        # The scripts call pnpm by its name.
        self.environment = {**environment, "PATH": f"{pathlib.Path(self.pnpm).parent}{os.pathsep}{environment['PATH']}"}

    def test_serves_the_page_and_leaves_nothing_when_it_is_told_to_stop(self):
        port, gateway = free_port(), f"http://{HOST}:1"
        variables = {"USERSYNC_WEB_PORT": str(port), "USERSYNC_GATEWAY_URL": gateway}
        process = subprocess.Popen([self.pnpm, "run", "dev"], cwd=ROOT, env={**self.environment, **variables},
                                   stdout=subprocess.DEVNULL)
        try:
            served = eventually(lambda: fetched(f"http://{HOST}:{port}/"), "a page", 300)
            self.assertIn("<title>usersync</title>", served)
            self.assertEqual(json.loads(fetched(f"http://{HOST}:{port}/config.json"))["gatewayUrl"], gateway)
        finally:
            # pnpm alone is told, as scripts and supervisors do it; a terminal tells everybody.
            process.terminate()
            process.wait(60)
        eventually(lambda: is_free(port), "the port is free again")


if __name__ == "__main__":
    unittest.main()
