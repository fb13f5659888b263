"""What `./usersync up` does when something dies."""

import http.client
import os
import pathlib
import signal
import time
import unittest

from tests.running.running_system import RunningSystem, address, eventually, lives

CHILDREN = ("postgres", "nats", "store", "bridge", "gateway", "web")


def restarted(system, name, old):
    """Whether a new process stands in the pid file."""
    return system.pid(name) != old and lives(system.pid(name))


def healthz(host, port):
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def children(pid):
    """The processes that it started."""
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class SupervisionTest(unittest.TestCase):
    def setUp(self):
        self.system = RunningSystem(page=True)
        self.addCleanup(self.system.__exit__)

    def test_a_killed_service_is_restarted_with_a_message_again_and_again(self):
        self.system.start()
        for round_ in range(2):
            for name in CHILDREN:
                old = self.system.pid(name)
                os.kill(old, signal.SIGKILL)
                eventually(lambda name=name, old=old: restarted(self.system, name, old), f"{name} is restarted")
                self.assertIn(f"{name} (pid {old}) was killed by SIGKILL: it is restarted", self.system.output())
                self.system.take(f"{name}-{round_}")

    def test_postgresql_is_restarted_while_an_old_backend_holds_its_memory(self):
        self.system.start()
        postgres = self.system.pid("postgres")
        backend = children(postgres)[0]
        os.kill(backend, signal.SIGSTOP)
        os.kill(postgres, signal.SIGKILL)
        eventually(lambda: self.system.output().count("postgres (pid") > 1, "a restart was refused")
        os.kill(backend, signal.SIGKILL)
        self.system.take("after-the-backend")

    def test_the_gateway_says_that_the_store_does_not_answer_and_when_it_does_again(self):
        self.system.start()
        host, port = address(self.system.variables()["USERSYNC_GATEWAY_URL"])
        store = self.system.pid("store")
        os.kill(store, signal.SIGSTOP)
        eventually(lambda: healthz(host, port) == (503, b"the store does not answer\n"), "the gateway is ill")
        os.kill(store, signal.SIGCONT)
        eventually(lambda: healthz(host, port) == (200, b"ok\n"), "the gateway is well")

    def test_nothing_is_restarted_while_it_is_stopped(self):
        self.system.start()
        store = self.system.pid("store")
        self.system.process.send_signal(signal.SIGSTOP)
        os.kill(store, signal.SIGKILL)
        time.sleep(2)  # Nothing to wait for: the point is that nothing comes.
        self.assertEqual(self.system.pid("store"), store)
        self.assertFalse(lives(store))
        self.system.process.send_signal(signal.SIGCONT)
        eventually(lambda: restarted(self.system, "store", store), "store is restarted")
        self.system.take("after-the-pause")

    def test_after_kill_9_nothing_is_left_and_the_next_run_has_the_data(self):
        self.system.start()
        pids = self.system.pids()
        self.system.process.kill()
        self.system.process.wait()
        eventually(lambda: not any(lives(pid) for pid in pids.values()), "all children end")
        self.assertEqual(self.system.run("env").returncode, 1)
        self.system.start()
        self.assertEqual(self.system.query("SELECT count(*) FROM users"), "3")

    def test_a_leftover_child_is_ended_first(self):
        self.system.start()
        store = self.system.pid("store")
        # Stopped, it cannot hear that its keeper died.
        os.kill(store, signal.SIGSTOP)
        self.system.process.kill()
        self.system.process.wait()
        self.assertTrue(lives(store))
        self.system.start()
        self.assertIn(f"store (pid {store}) was left by an earlier run", self.system.output())
        self.assertFalse(lives(store))
        self.system.take("after-the-leftover")

    def test_a_pid_file_that_names_a_stranger_harms_nobody(self):
        self.system.state.make()
        self.system.state.pid_file("store").write_text(f"{os.getpid()}\n", encoding="utf-8")
        self.system.start()
        self.assertNotIn("left by an earlier run", self.system.output())

    def test_two_of_each_run_and_either_bridge_may_die(self):
        self.system.environment.update(USERSYNC_STORES="2", USERSYNC_BRIDGES="2")
        self.system.start()
        self.assertEqual(set(self.system.pids()),
                         {"up", "nats", "postgres", "store", "store-2", "bridge", "bridge-2", "gateway", "web"})
        self.assertEqual(len(self.system.variables()["USERSYNC_STORE_ADDR"].split(",")), 2)
        for name in ("bridge", "bridge-2", "store"):
            os.kill(self.system.pid(name), signal.SIGKILL)
            self.system.take(f"without-{name}")


if __name__ == "__main__":
    unittest.main()
