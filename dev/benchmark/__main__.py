"""The command line of the bench: which servers, what, how often."""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

from . import plot, report
from .client import Ask, speak
from .figures import cell
from .options import end_on_sigterm, need_folder_of_json, some_of
from .scenarios import SENTENCE, Failed, Run, chosen
from .server import NotStarted, Server
from .texts import Writer

SCENARIOS = ("start", "one", "sentence", "listeners", "beside", "edit", "leave", "kill", "memory")
USUAL = "start,one,listeners,beside,memory"


def main() -> int:
    options = arguments()
    servers = servers_of(options)
    end_on_sigterm()
    try:
        return measure(options, servers)
    except NotStarted as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        for server in servers:
            server.stop()


def measure(options: argparse.Namespace, servers: list[Server]) -> int:
    for server in servers:
        if server.command:
            server.start(options.timeout)
        warm(server, ask_of(options, options.forms[0], server), options.seed)
    cells, started = [], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for form in options.forms:
        for name, scenario in chosen(options.only, options.listeners).items():
            # Starting has nothing to do with the format, nor has memory.
            if name in ("start", "memory") and form != options.forms[0]:
                continue
            for server, rounds, errors in in_turn(options, servers, form, name, scenario):
                cells.append({"scenario": name, "format": form, "server": server.name, **cell(rounds, errors)})
    print(report.table(cells))
    if options.json:
        about = {"started": started, "seed": options.seed, "machine": machine(), "voice": options.voice, "cells": cells}
        options.json.write_text(json.dumps(about, indent=1), encoding="utf-8")
    if options.svg:
        for path in plot.write_all(cells, options.svg):
            print(path, file=sys.stderr)
    return 0 if all(c["valid"] for c in cells) else 1


def in_turn(options, servers, form, name, scenario):
    """All rounds of a scenario: the servers in turn, every other round in the other order."""
    takers = [s for s in servers if name != "start" or s.command]
    rounds = {server.name: [] for server in takers}
    errors = {server.name: [] for server in takers}
    for number in range(options.rounds):
        for server in takers[:: -1 if number % 2 else 1]:
            seed = (options.seed, form, name, number)
            run = Run(server, ask_of(options, form, server), seed, options.beside_seconds, options.timeout)
            print(f"{form} · {name} · round {number + 1} of {options.rounds} · {server.name}", file=sys.stderr)
            try:
                rounds[server.name].append(scenario(run))
                if name == "start":
                    warm(server, run.ask, (seed, "warm"))
            except (Failed, NotStarted) as error:
                print(f"  failed: {error}", file=sys.stderr)
                errors[server.name].append(str(error))
    return [(server, rounds[server.name], errors[server.name]) for server in takers]


def warm(server: Server, ask: Ask, seed: object) -> None:
    """A first sentence, whose time says more about the start than about the server. Its fault would be everybody's."""
    take = speak(server.url, ask, Writer("warm", seed, server.name).text(SENTENCE))
    if take.error:
        raise NotStarted(f"{server.name} ({server.url}) does not speak: {take.error}")


def machine() -> dict[str, object]:
    names = [line.partition(":")[2].strip() for line in lines("/proc/cpuinfo") if line.startswith("model name")]
    return {"cpu": names[0] if names else platform.processor(), "cpus": len(os.sched_getaffinity(0)), "load": os.getloadavg()}


def lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def ask_of(options: argparse.Namespace, form: str, server: Server) -> Ask:
    return Ask(options.voice, options.model, form, options.api_key, options.timeout, dict(options.speed).get(server.name, 1.0))


def servers_of(options: argparse.Namespace) -> list[Server]:
    pids, paths = named(options.pid, "--pid"), named(options.ready, "--ready")
    found = [Server(name, "", command=command) for name, command in named(options.start, "--start").items()]
    for given in options.server:
        name, equals, url = given.partition("=")
        if not equals or "/" in name:
            name, url = given.rpartition("//")[2].rstrip("/"), given
        if not url.startswith(("http://", "https://")):
            sys.exit(f"bench: {url} is no address such as http://127.0.0.1:8880")
        pid = pids.pop(name, None)
        if pid is not None and not pid.isdigit():
            sys.exit(f"bench: --pid {name}={pid} is no number")
        found.append(Server(name, url.rstrip("/"), pid=int(pid) if pid else None))
    for server in found:
        server.ready_path = paths.pop(server.name, None)
    if unknown := [*pids, *paths]:
        sys.exit(f"bench: there is no server named {unknown[0]}")
    if not found:
        sys.exit("bench: which server? See dev/bench --help")
    if len({server.name for server in found}) < len(found):
        sys.exit("bench: two servers have the same name")
    return found


def named(pairs: list[str], option: str) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            sys.exit(f"bench: {option} wants NAME=…, not {pair}")
    return dict(pair.split("=", 1) for pair in pairs)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev/bench", description="Measures servers with /v1/audio/speech side by side.")
    parser.add_argument("server", nargs="*", metavar="[NAME=]URL", help="a server that runs")
    parser.add_argument("--start", action="append", default=[], metavar="NAME=COMMAND", help="start this one; {port} is its port")
    parser.add_argument("--ready", action="append", default=[], metavar="NAME=PATH", help="answers 200 when ready (usual paths are tried)")
    parser.add_argument("--pid", action="append", default=[], metavar="NAME=PID", help="its first process (else found by the port)")
    parser.add_argument("--speed", type=name_and_speed, action="append", default=[], metavar="NAME=SPEED", help="what is asked of this one (two names of a server without a cache: one at each speed)")
    parser.add_argument("--only", type=some_of(SCENARIOS), default=USUAL, help=f"of {','.join(SCENARIOS)} (default {USUAL})")
    parser.add_argument("--listeners", type=counts, default="1,2,4,5,6,8", help="how many at once (default %(default)s)")
    parser.add_argument("--forms", type=some_of(("wav", "mp3")), default="wav", help="wav, mp3 or both (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    parser.add_argument("--voice", default="af_heart", help="default %(default)s")
    parser.add_argument("--model", default="kokoro", help="default %(default)s")
    parser.add_argument("--api-key")
    parser.add_argument("--beside-seconds", type=float, default=20, help="how long the two pages are heard (default %(default)s)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds without a byte, or to be ready (default %(default)s)")
    parser.add_argument("--seed", default=str(time.time_ns()), help="of the texts; a new one each time, so that no cache knows them")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="plots")
    options = parser.parse_args()
    if options.rounds < 1 or min(options.listeners) < 1:
        parser.error("rounds and listeners are at least 1")
    need_folder_of_json(parser, options)
    return options


def name_and_speed(given: str) -> tuple[str, float]:
    name, _, speed = given.partition("=")
    return name, float(speed)


def counts(given: str) -> list[int]:
    if not all(number.isdigit() for number in given.split(",")):
        raise argparse.ArgumentTypeError(f"{given} is no row of numbers such as 1,4,6")
    return [int(number) for number in given.split(",")]


if __name__ == "__main__":
    sys.exit(main())
