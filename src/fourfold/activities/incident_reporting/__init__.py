"""Incident reporting: what is reported at home, classified, shared abroad as agreed, or kept apart."""
