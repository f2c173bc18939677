"""How much a node takes from outside; one place, so that both ends and the documentation agree."""

MAX_OBJECT_BYTES = 1 << 20
"""The largest object a node stores, in bytes (1 MiB)."""

MAX_DEPTH = 32
"""The deepest nesting of arrays and objects that a node parses."""

MAX_PAGE_BYTES = 16 << 20
"""The largest answer a node reads from another, in bytes (16 MiB)."""

MAX_ANSWER_BYTES = 2 << 20
"""The largest answer that is neither a page nor a piece of a file, in bytes (2 MiB)."""

MAX_POST_BYTES = 2 << 20
"""The largest request body a node reads, in bytes (2 MiB)."""

PAGE_OBJECTS = 1000
"""The most objects in one page, asked for or given."""

PAGE_BYTES = 8 << 20
"""A page is closed when it has grown to this many bytes (8 MiB), however few objects it holds."""

PIECE_BYTES = 8 << 20
"""The most bytes of a file in one answer (8 MiB)."""

MAX_RECEIPTS = 1000
"""The most receipts in one delivery."""

MAX_LEAVES = 10_000
"""The most leaf hashes in one answer about a log."""

MAX_HISTORY_BYTES = 1 << 18
"""The longest history of an institution's keys, in bytes (256 KiB)."""

PART_ITEMS = 64
"""The most objects that one part of a set lists; a larger one is told by the sums of its sixteen parts."""

MAX_PARTS = 64
"""The most parts of a set in one question."""

MAX_QUESTIONS = 200
"""The most questions with which one sync compares a set; what is not found then, the next one finds."""

MOST_MISSING = 20_000
"""The most objects that one comparison finds missing; the next one finds the rest."""

MAX_POST_OBJECTS = 1000
"""The most objects that a third-party client hands in at once."""

MAX_DELIVERIES = 5_000
"""The most deliveries of one third-party client in a day."""

MAX_WAITING = 10_000
"""The most objects of one third-party client that wait in the inbox, or in quarantine, for a person."""
