"""The server of a demonstration node, as a process: like any node's, with example incidents beside."""

import signal
import sys
from pathlib import Path

from fourfold.node.boot import boot


def main() -> None:
    """Serve the node in the folder named first; the word second says which examples it holds."""
    boot(Path(sys.argv[1]))
    from fourfold.demo.acts import examples
    from fourfold.node.examples import provide
    from fourfold.node.serving import serve

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the demonstration itself takes Ctrl-C and ends us
    provide(lambda: examples(sys.argv[2]))
    serve(lambda _name, _url: None)


if __name__ == "__main__":
    main()
