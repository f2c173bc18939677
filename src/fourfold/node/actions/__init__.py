"""What people and counterparts do at a node: one use case a file, the same for page, wire and command."""
