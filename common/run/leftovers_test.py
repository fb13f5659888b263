"""Who is a leftover, and who is a stranger with the same number."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from common.run import leftovers
from common.run.problem import Problem
from common.run.state import State


class LeftoversTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(pathlib.Path(folder.name) / "state")
        self.state.make()
        self.said = []

    def sleeper(self, mark):
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", mark])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        # For a moment after exec the kernel shows no command line.
        while not leftovers.command_of(process.pid):
            time.sleep(0.01)
        return process

    def end_leftovers(self):
        leftovers.end_leftovers(self.state, [self.state.directory], self.said.append)

    def test_ends_a_process_of_ours(self):
        process = self.sleeper(str(self.state.secrets))
        self.state.pid_file("store").write_text(f"{process.pid}\n", encoding="utf-8")
        self.end_leftovers()
        self.assertEqual(process.wait(5), -15)
        self.assertEqual(len(self.said), 1)
        self.assertFalse(self.state.pid_file("store").exists())

    def test_spares_a_stranger_and_forgets_an_unreadable_number(self):
        process = self.sleeper("stranger")
        self.state.pid_file("store").write_text(f"{process.pid}\n", encoding="utf-8")
        self.state.pid_file("nats").write_text("", encoding="utf-8")
        self.end_leftovers()
        self.assertIsNone(process.poll())
        self.assertEqual(self.said, [])
        self.assertEqual(list(self.state.run.glob("*.pid")), [])

    def test_forgets_a_postmaster_pid_that_is_somebody_else(self):
        data = self.state.postgres_data
        data.mkdir()
        path = data / "postmaster.pid"
        for mark, kept in ((str(data), True), ("stranger", False)):
            path.write_text(f"{self.sleeper(mark).pid}\n{data}\n", encoding="utf-8")
            leftovers.forget_foreign_postmaster(data)
            self.assertEqual(path.exists(), kept)


class LockTest(unittest.TestCase):
    def test_lets_one_in_and_tells_the_second_who_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            state = State(folder)
            state.make()
            self.assertFalse(leftovers.runs(state))
            with leftovers.lock(state):
                self.assertTrue(leftovers.runs(state))
                with self.assertRaisesRegex(Problem, f"already runs in .* as process {os.getpid()};"):
                    leftovers.lock(state)
            self.assertFalse(leftovers.runs(state))
