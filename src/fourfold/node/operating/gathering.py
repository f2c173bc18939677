"""Where the web processes of one node count together: files in one folder, one for each process.

The metrics library decides how it counts when it is first imported, so this is done before, and here it is
not imported.
"""

import os
import shutil
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def gather_in(folder: Path) -> None:
    """Let all processes that start from here count into one folder, emptied of an earlier run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[FOLDER] = str(folder)
