"""Start the sandbox: `python -m emulator --port 0 --ready-file ready.json`."""

from __future__ import annotations

import gc

gc.disable()  # loading moto makes no garbage, only work for its collector

# isort: split

import argparse
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import __version__, bridge, rules  # noqa: F401  (rules registers the hooks)
from .account import Accounts
from .behaviours import PRESETS, merge
from .control import Control
from .server import Sandbox

# Nobody else on the network gets to talk to the sandbox.
HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """The sandbox writes its own log line for each call."""

    def log_request(self, *args: Any, **kwargs: Any) -> None:
        pass

    def connection_dropped(self, *args: Any, **kwargs: Any) -> None:
        self.close_connection = True


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--ready-file", type=Path, help="written once the sandbox answers")
    parser.add_argument("--idle", type=float, default=4 * 3600, metavar="SECONDS",
                        help="exit after so long without a request; 0 never does")
    parser.add_argument("--preset", choices=PRESETS, default="user", help="behaviours of new accounts")
    parser.add_argument("--behaviours", default="{}", metavar="JSON", help="changes to the preset")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    try:
        defaults = merge(PRESETS[args.preset], json.loads(args.behaviours))
    except ValueError as error:
        print(f"--behaviours: {error}", file=sys.stderr)
        return 2
    bridge.warm_up()
    gc.freeze()
    gc.enable()
    accounts = Accounts(defaults)
    sandbox = Sandbox(accounts, Control(accounts, stop=lambda: server.shutdown()))
    server = make_server(HOST, args.port, sandbox, threaded=True, request_handler=QuietHandler)
    if args.ready_file:
        threading.Thread(target=announce, args=(server, args.ready_file), daemon=True).start()
    if args.idle > 0:
        threading.Thread(target=stop_when_idle, args=(server, sandbox, args.idle), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


def announce(server: BaseWSGIServer, path: Path) -> None:
    """Write the ready file, whole or not at all, after the first answer."""
    with urlopen(f"http://{HOST}:{server.port}{Control.PREFIX}health"):
        pass
    half = path.with_name(path.name + ".tmp")
    half.write_text(json.dumps({"port": server.port, "pid": os.getpid(), "version": __version__}))
    half.replace(path)


def stop_when_idle(server: BaseWSGIServer, sandbox: Sandbox, idle: float) -> None:
    while (rest := sandbox.last_request + idle - time.monotonic()) > 0:
        time.sleep(rest)
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
