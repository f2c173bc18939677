"""The words and small parts that all templates share."""
