"""Secrets: made once, private, checked when read."""

import pathlib
import stat
import tempfile
import unittest

from common.run.problem import Problem
from common.run.secrets import Secrets
from common.run.state import State


class SecretsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        state = State(pathlib.Path(folder.name) / "state")
        state.make()
        self.folder = state.secrets
        self.secrets = Secrets(self.folder)

    def test_makes_what_is_missing_and_nothing_twice(self):
        made = self.secrets.make(["alice"])
        self.assertIn("nats-alice", made)
        self.assertIn("bridge.token", made)
        before = self.secrets.nats_password("alice")
        self.assertEqual(self.secrets.make(["alice", "bob"]), ["nats-bob"])
        self.assertEqual(self.secrets.nats_password("alice"), before)
        self.assertNotEqual(self.secrets.nats_password("bob"), before)

    def test_lets_only_the_owner_read(self):
        self.secrets.make([])
        self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), 0o700)
        self.assertEqual({stat.S_IMODE(path.stat().st_mode) for path in self.folder.iterdir()}, {0o600})

    def test_refuses_actors_that_are_ill_formed_or_somebody_else(self):
        for actor in ("", "a b", "a.b", "a>", "x" * 65, "bridge", "operator", "frontend-client", "system", "gateway"):
            with self.assertRaisesRegex(Problem, "cannot be an actor"):
                self.secrets.make([actor])

    def test_refuses_a_file_that_would_break_a_configuration(self):
        self.secrets.make([])
        for text in ("", "short", 'x"; } allow everything {' * 2):
            self.secrets.path("nats-bridge").write_text(text, encoding="utf-8")
            with self.assertRaisesRegex(Problem, "nats-bridge must hold"):
                self.secrets.nats_password("bridge")
