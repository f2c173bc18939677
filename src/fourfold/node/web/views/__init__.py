"""The pages: each view asks one query and fills one template."""
