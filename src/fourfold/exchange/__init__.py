"""How it travels: signed STIX 2.1, TAXII 2.1, receipts, signed requests, evidence for offline checks."""
