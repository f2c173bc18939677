"""The whole path between two nodes on one machine: the tour and the demonstration."""
