"""How the words of ctest are counted."""

import unittest

from common.run.checks import Counts, count

PASSED = """\
100% tests passed, 0 tests failed out of 3

The following tests did not run:
\t  2 - StoreClientTest.AsksTheNextStore (Skipped)
"""
FAILED = """\
67% tests passed, 1 tests failed out of 3

The following tests FAILED:
\t  2 - Merge.KeepsBoth (Failed)
Errors while running CTest
"""


class CountTest(unittest.TestCase):
    def test_a_skipped_test_is_not_a_passed_one(self):
        self.assertEqual(count(PASSED, 0), Counts(passed=2, failed=0, skipped=1))

    def test_a_failed_test_is_counted(self):
        self.assertEqual(count(FAILED, 8), Counts(passed=2, failed=1))

    def test_a_ctest_that_found_or_said_nothing_is_a_failure(self):
        self.assertEqual(count("No tests were found!!!\n", 8), Counts(failed=1))
        self.assertEqual(count(PASSED, 8), Counts(passed=2, failed=1, skipped=1))

    def test_no_test_of_a_name_is_none(self):
        self.assertEqual(count("No tests were found!!!\n", 0), Counts())


if __name__ == "__main__":
    unittest.main()
