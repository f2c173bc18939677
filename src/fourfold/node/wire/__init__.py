"""The HTTP side of the exchange: a TAXII 2.1 server, and what nodes ask of each other."""
