"""How the words of vitest are counted."""

import unittest

from common.run.web import count

REPORT = {"numPassedTests": 5, "numFailedTests": 2, "numPendingTests": 1}


class CountTest(unittest.TestCase):
    def test_passed_failed_and_skipped_are_counted(self):
        self.assertEqual(count(REPORT, 1, False), (5, 2, 1))

    def test_what_was_not_chosen_is_not_skipped(self):
        self.assertEqual(count({**REPORT, "numFailedTests": 0}, 0, True), (5, 0, 0))

    def test_a_file_that_cannot_be_loaded_is_a_failure(self):
        self.assertEqual(count({**REPORT, "numFailedTests": 0}, 1, False), (5, 1, 1))

    def test_a_vitest_that_says_nothing_is_a_failure_if_it_failed(self):
        self.assertEqual(count({}, 1, False), (0, 1, 0))
        self.assertEqual(count({}, 0, True), (0, 0, 0))


if __name__ == "__main__":
    unittest.main()
