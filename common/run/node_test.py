"""Which Node is new enough."""

import unittest

from common.run.node import VERSION, suffices, version_of


class SufficesTest(unittest.TestCase):
    def test_debians_node_is_too_old(self):
        self.assertFalse(suffices("v18.20.4"))

    def test_the_one_that_is_installed_is_not(self):
        self.assertTrue(suffices(f"v{VERSION}"))

    def test_what_lies_between_two_that_suffice_may_not(self):
        self.assertEqual([suffices(f"v{version}") for version in ("20.18.9", "20.19.0", "21.7.0", "22.11.0", "22.12.0",
                                                                  "24.0.0")],
                         [False, True, False, False, True, True])

    def test_no_node_is_too_old(self):
        self.assertFalse(suffices(version_of(None)))
        self.assertFalse(suffices(version_of("/nowhere/node")))


if __name__ == "__main__":
    unittest.main()
