"""What goes wrong with the store or the machine, whatever was to be stored."""

from django.db import InterfaceError, OperationalError

OF_THE_STORE = (OperationalError, InterfaceError, OSError, MemoryError)
"""What no object is at fault for: a store that is locked, full or gone. Nothing is passed over for it."""
