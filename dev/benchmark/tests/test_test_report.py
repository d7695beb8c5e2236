import importlib.util
import pathlib
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "test-report.py"
spec = importlib.util.spec_from_file_location("test_report", SCRIPT)
test_report = importlib.util.module_from_spec(spec)
spec.loader.exec_module(test_report)

JUNIT = """<testsuites><testsuite name="a">
<testcase classname="a" name="quick" time="0.5"/>
<testcase classname="a" name="shy" time="0.1"/>
<testcase classname="a" name="broken" time="70"><failure/></testcase>
<testcase classname="a" name="late" time="3"><flakyFailure/></testcase>
<testcase classname="a" name="not here"><skipped/></testcase>
</testsuite></testsuites>"""


class TestReport(unittest.TestCase):
    def test_every_outcome_is_counted_once(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "junit.xml"
            file.write_text(JUNIT)
            told = test_report.report([file], ["shy: there is no clock"]).splitlines()
        self.assertEqual(told[0], "2 tests passed, 1 failed, 2 skipped")
        self.assertIn("  skipped: shy: there is no clock", told)
        self.assertIn("  skipped: a not here", told)
        self.assertIn("  passed at the second try: a late", told)
        self.assertEqual(told[told.index("the slowest:") + 1].split(), ["70.0", "s", "a", "broken"])
