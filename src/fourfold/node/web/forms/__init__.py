"""Forms that people fill in: what they show, and how what was typed is read; no script, nothing lost."""
