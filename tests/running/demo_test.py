"""`./usersync demo`, with and without a system that runs."""

import pathlib
import re
import unittest

from tests.running.running_system import RunningSystem

OUTCOMES = ["APPLIED", "APPLIED", "CONFLICT", "MERGED", "APPLIED", "APPLIED"]


def outcomes(output):
    return re.findall(r"^   receipt +([A-Z]+)", output, re.M)


class DemoTest(unittest.TestCase):
    def test_plays_on_the_system_that_runs_as_often_as_one_likes(self):
        with RunningSystem() as system:
            system.start()
            for _ in range(2):
                played = system.run("demo")
                self.assertEqual(played.returncode, 0, played.stdout)
                self.assertIn(f"on the system that runs in {system.state.directory}", played.stdout)
                self.assertEqual(outcomes(played.stdout), OUTCOMES)
                name = re.search(r"The story of (dana-\w+)", played.stdout)[1]
                self.assertEqual(
                    system.query(f"SELECT v.version, v.action, v.actor FROM version v JOIN users u ON u.id = object_id "
                                 f"WHERE doc_id = '{name}' ORDER BY 1"),
                    "1|create|alice\n2|update|bob\n3|update|alice\n4|delete|bob\n5|undelete|alice")

    def test_where_nothing_runs_it_starts_a_system_of_its_own_and_removes_it(self):
        with RunningSystem() as system:
            played = system.run("demo")
            self.assertEqual(played.returncode, 0, played.stdout)
            folder = re.search(r"a temporary system in (\S+) plays the story", played.stdout)[1]
            self.assertEqual(outcomes(played.stdout), OUTCOMES)
            self.assertFalse(pathlib.Path(folder).exists())
            self.assertEqual(system.run("env").returncode, 1)


if __name__ == "__main__":
    unittest.main()
