import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from benchmark import plot
from benchmark.figures import cell
from benchmark.report import table


def named(server: str, made: dict) -> dict:
    return {"scenario": "sentence", "format": "wav", "server": server, **made}


class ReportTest(unittest.TestCase):
    def test_the_middle_of_the_rounds_with_their_range(self) -> None:
        made = cell([{"first_s": 0.5}, {"first_s": 0.1}, {"first_s": 0.2}], [])
        self.assertEqual(made["values"]["first_s"], {"median": 0.2, "min": 0.1, "max": 0.5, "all": [0.5, 0.1, 0.2]})
        even = cell([{"first_s": 1.0}, {"first_s": 2.0}], [])
        self.assertEqual(even["values"]["first_s"]["median"], 1.5)

    def test_the_axis_ends_above_the_most_and_has_round_steps(self) -> None:
        for most, top in ((0, 1), (0.79, 0.8), (4, 4), (4.28, 6), (16.7, 20), (1192, 1200)):
            self.assertAlmostEqual(plot.round_top(most), top)

    def test_one_failure_makes_the_cell_invalid(self) -> None:
        made = cell([{"first_s": 0.1}], ["the body broke off"])
        self.assertFalse(made["valid"])
        self.assertEqual(made["values"], {})
        self.assertFalse(cell([], [])["valid"])

    def test_the_table_shows_both_servers_and_why_one_has_nothing(self) -> None:
        cells = [
            named("ours", cell([{"first_s": 0.25, "total_s": 12.34}], [])),
            named("theirs", cell([], ["status 500: a | b\nc"])),
        ]
        lines = table(cells).splitlines()
        self.assertEqual(len({line.count("|") for line in lines}), 1)
        self.assertIn("0.25 (0.25–0.25) s", lines[2])
        self.assertIn("invalid: status 500: a / b c", lines[2])
        self.assertIn("12.3 (12.3–12.3) s", lines[3])

    def test_plots_are_whole_documents(self) -> None:
        cells = [named("a & b", cell([{"first_s": 0.25}], [])), named("c", cell([], ["no"])), named("d", cell([{"first_s": 0.0}], []))]
        with TemporaryDirectory() as folder:
            paths = plot.write_all(cells, Path(folder))
            self.assertEqual([path.name for path in paths], ["first-audio-wav.svg"])
            for path in paths:
                ElementTree.parse(path)


if __name__ == "__main__":
    unittest.main()
