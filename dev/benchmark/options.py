"""What the command lines of the measuring tools share."""

import argparse
import signal
import sys


def end_on_sigterm() -> None:
    """Ends what this process started when it is asked to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def some_of(known: tuple[str, ...]):
    """A list by commas of known words."""

    def parse(given: str) -> list[str]:
        found = given.split(",")
        if unknown := [word for word in found if word not in known]:
            raise argparse.ArgumentTypeError(f"{unknown[0]} is not one of {', '.join(known)}")
        return found

    return parse


def need_folder_of_json(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuses a --json that could not be written, before an hour of measuring."""
    if options.json and not options.json.absolute().parent.is_dir():
        parser.error(f"--json {options.json}: there is no such folder")
