"""Domain-neutral methods, each on its own."""
