"""What pages show, as frozen objects: a template reads them and decides nothing."""
