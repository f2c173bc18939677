"""One node's operator, as a process: it does what it is told, one JSON line at a time, and answers in one.

    {"act": "seal", "arguments": {}}  ->  {"result": {...}}  or  {"refused": "...", "error": "RefusedError"}

It uses the very actions that pages and commands use; the node's server runs as another process beside it.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fourfold.errors import FourfoldError
from fourfold.node.boot import boot, migrate
from fourfold.node.home import Home


def answer(path: Path, line: str) -> dict[str, Any]:
    """Do one thing."""
    asked = json.loads(line)
    try:
        return {"result": _do(path, asked["act"], asked["arguments"])}
    except FourfoldError as error:
        known = next(each for each in type(error).__mro__ if each.__module__ == FourfoldError.__module__)
        return {"refused": str(error), "error": known.__name__}


def _do(path: Path, act: str, arguments: Mapping[str, Any]) -> Any:
    if act == "create":
        from fourfold.demo.creating import create

        return create(path, **arguments)
    _ready(path)
    from fourfold.demo.acts import ACTS

    return ACTS[act](**arguments)


def _ready(path: Path) -> None:
    from django.apps import apps

    if not apps.ready:
        boot(path)
        migrate()


def main() -> None:
    """Serve standard input until it ends."""
    path = Home(Path(sys.argv[1])).path
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(path, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
