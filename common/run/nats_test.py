"""The NATS configuration as text; what a server makes of it is tested in tests/permissions."""

import pathlib
import stat
import tempfile
import unittest

from common.run import nats
from common.run.problem import Problem
from common.run.secrets import Secrets
from common.run.state import State


class RenderTest(unittest.TestCase):
    def test_fills_in_values_and_repeats_the_part_of_each_actor(self):
        text = nats.render("a {{x}}\n  #: each actor\n  {{actor}}={{actor_password}}\n  #: end\nz\n",
                           {"x": "1"}, {"bob": "B", "al": 'A"'})
        self.assertEqual(text, 'a 1\n  al="A\\""\n  bob="B"\nz\n')

    def test_refuses_a_name_that_nobody_gives(self):
        with self.assertRaisesRegex(Problem, "{{missing}}"):
            nats.render("{{missing}}", {}, {})


class WriteConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = State(pathlib.Path(folder.name) / 'a "b"')
        self.state.make()
        self.secrets = Secrets(self.state.secrets)
        self.secrets.make(["alice"])

    def write(self, **more):
        nats.write_config(self.state, self.secrets, {"NATS": 4222, "NATS_WS": 9222, "WEB": 3000, **more}, ["alice"])
        return self.state.nats_config.read_text(encoding="utf-8")

    def test_is_private_and_holds_each_password_once(self):
        text = self.write()
        self.assertEqual(stat.S_IMODE(self.state.nats_config.stat().st_mode), 0o600)
        for user in ("alice", "bridge", "operator"):
            self.assertEqual(text.count(self.secrets.nats_password(user)), 1)

    def test_has_a_monitor_only_if_asked(self):
        self.assertNotRegex(self.write(), r"(?m)^http")
        self.assertRegex(self.write(NATS_MONITOR=8222), r'(?m)^http: "127.0.0.1:8222"$')
