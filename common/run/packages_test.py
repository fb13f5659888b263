"""Installing packages without starting their services, on files of our own."""

import pathlib
import tempfile
import unittest
from unittest import mock

from common.run import packages
from common.run.problem import Problem


class NoServicesStartedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        names = {"POLICY": root / "policy-rc.d", "POLICY_BEFORE": root / "policy-rc.d.before",
                 "CLUSTERS": root / "etc" / "usersync.conf"}
        for name, path in names.items():
            patch = mock.patch.object(packages, name, path)
            patch.start()
            self.addCleanup(patch.stop)

    def test_forbids_services_and_clusters_only_for_the_moment(self):
        with packages.no_services_started():
            self.assertIn("exit 101", packages.POLICY.read_text(encoding="utf-8"))
            self.assertTrue(packages.POLICY.stat().st_mode & 0o111)
            self.assertIn("create_main_cluster = false", packages.CLUSTERS.read_text(encoding="utf-8"))
        self.assertFalse(packages.POLICY.exists())
        self.assertFalse(packages.CLUSTERS.exists())

    def test_gives_back_the_policy_that_stood_there(self):
        packages.POLICY.write_text("theirs", encoding="utf-8")
        with self.assertRaises(ZeroDivisionError), packages.no_services_started():
            raise ZeroDivisionError
        self.assertEqual(packages.POLICY.read_text(encoding="utf-8"), "theirs")

    def test_recovers_from_a_run_that_was_killed(self):
        packages.POLICY.write_text(packages.POLICY_TEXT, encoding="utf-8")
        packages.POLICY_BEFORE.write_text("theirs", encoding="utf-8")
        with packages.no_services_started():
            self.assertEqual(packages.POLICY_BEFORE.read_text(encoding="utf-8"), "theirs")
        self.assertEqual(packages.POLICY.read_text(encoding="utf-8"), "theirs")
        self.assertFalse(packages.POLICY_BEFORE.exists())


class EnsureTest(unittest.TestCase):
    def test_says_which_command_is_needed_if_we_may_not_run_it(self):
        with mock.patch.object(packages, "missing", lambda names: ["libnats-dev"]), \
             mock.patch("os.geteuid", lambda: 1000):
            with self.assertRaisesRegex(Problem, "as root: apt-get install --no-install-recommends libnats-dev"):
                packages.ensure(["libnats-dev"], None, print)
