"""Ports that are busy, and folders that PostgreSQL cannot enter."""

import os
import pathlib
import shutil
import socket
import tempfile
import unittest

from common.run import ports
from tests.running.running_system import READY, RunningSystem, eventually


def listener(port=0):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


class PortTest(unittest.TestCase):
    def test_a_busy_default_moves_and_says_so(self):
        busy = [listener(ports.DEFAULTS[name]) for name in ports.DEFAULTS if ports.is_free(ports.DEFAULTS[name])]
        try:
            with RunningSystem(page=True) as system:
                system.start()
                for name in ports.DEFAULTS:
                    self.assertIn(f"port {ports.DEFAULTS[name]} is busy: {name.lower()} takes", system.output())
                self.assertEqual(system.query("SELECT count(*) FROM users"), "3")
                self.assertIn(f"--nats-url {system.variables()['USERSYNC_NATS_URL']}", system.output())
        finally:
            for server in busy:
                server.close()

    def test_two_that_start_at_once_take_ports_of_their_own(self):
        with RunningSystem(page=True) as one, RunningSystem(page=True) as other:
            one.begin()
            other.start()
            eventually(lambda: READY in one.output(), "the first is ready, too")
            taken = [address for system in (one, other) for name, address in system.variables().items()
                     if name.endswith(("_URL", "_ADDR"))]
            self.assertEqual(len(set(taken)), len(taken))
            one.take("in-one")
            other.take("in-the-other")

    def test_a_busy_port_that_was_named_is_an_error_with_its_variable(self):
        for name in (*ports.DEFAULTS, ports.OPTIONAL):
            with listener() as server, RunningSystem() as system:
                system.environment[ports.variable(name)] = str(server.getsockname()[1])
                refused = system.run("up")
                self.assertEqual(refused.returncode, 1, refused.stdout)
                self.assertIn(f"{ports.variable(name)} names it", refused.stdout)
                self.assertEqual(system.pids(), {})


@unittest.skipUnless(os.geteuid() == 0, "only root's PostgreSQL runs as another user")
class UnreachableFolderTest(unittest.TestCase):
    def test_the_database_lies_at_postgres_home_if_the_folder_is_closed_to_it(self):
        closed = pathlib.Path(tempfile.mkdtemp(prefix="usersync-closed-"))
        self.addCleanup(shutil.rmtree, closed)
        with RunningSystem(closed / "state") as system:
            system.start()
            data = system.data()
            self.addCleanup(shutil.rmtree, data)
            self.assertRegex(str(data), r"^/var/lib/postgresql/usersync-[0-9a-f]+$")
            self.assertEqual(system.query("SHOW data_directory"), str(data))
            self.assertFalse(system.state.postgres_data.exists())
            system.stop()
            system.start()
            self.assertEqual(system.query("SELECT count(*) FROM users"), "3")


if __name__ == "__main__":
    unittest.main()
