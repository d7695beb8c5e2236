#!/usr/bin/env python3
"""Sums up what the tests of a run did: how many passed, failed and were skipped, which needed a second try, and the slowest ten.

Usage: dev/test-report.py [--skipped FILE] JUNIT.xml…

The files are JUnit's XML, as nextest and pytest write it. libtest cannot skip a test while it runs, so tests in Rust append a line
to the file of --skipped, and are taken out of those that passed. ops/test calls this.
"""

import argparse
import pathlib
import xml.etree.ElementTree as xml

SLOWEST = 10


def cases(path: pathlib.Path):
    """Of each test: its name, its seconds, and its outcome."""
    for case in xml.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = "passed"
        if kinds & {"failure", "error"}:
            outcome = "failed"
        elif "skipped" in kinds:
            outcome = "skipped"
        elif kinds & {"flakyFailure", "flakyError"}:
            outcome = "second try"
        yield f"{case.get('classname', '')} {case.get('name')}".strip(), float(case.get("time") or 0), outcome


def report(files: list[pathlib.Path], skips: list[str]) -> str:
    tests = [case for path in files for case in cases(path)]
    if not tests:
        return "no test told what it did"
    of = lambda outcome: [name for name, _, found in tests if found == outcome]
    again = of("second try")
    passed = len(of("passed")) + len(again) - len(skips)
    lines = [f"{passed} tests passed, {len(of('failed'))} failed, {len(of('skipped')) + len(skips)} skipped"]
    lines += [f"  failed: {name}" for name in of("failed")]
    lines += [f"  skipped: {name}" for name in of("skipped") + skips]
    lines += [f"  passed at the second try: {name}" for name in again]
    lines.append("the slowest:")
    for name, seconds, _ in sorted(tests, key=lambda case: -case[1])[:SLOWEST]:
        lines.append(f"  {seconds:7.1f} s  {name}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skipped", type=pathlib.Path, help="a line for each test that skipped itself")
    parser.add_argument("junit", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    skips = options.skipped.read_text().splitlines() if options.skipped and options.skipped.is_file() else []
    print(report([path for path in options.junit if path.is_file()], skips))


if __name__ == "__main__":
    main()
