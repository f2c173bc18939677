"""Making Django ready for one node; nothing else of the command line needs Django."""

import os
from pathlib import Path

ENVIRONMENT = "FOURFOLD_HOME"


def boot(home: Path) -> None:
    """Set up Django for the node in `home`; once in a process.

    Raises:
        InputError: no node lives there, or its settings are wrong.
    """
    os.environ[ENVIRONMENT] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "fourfold.node.settings"
    import django

    django.setup()


def migrate() -> None:
    """Bring the store to the present form; safe to repeat."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
