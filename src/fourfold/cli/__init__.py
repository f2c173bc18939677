"""The command line: each command reads, calls the library, and prints; it decides nothing itself."""
