"""The node: an institution's own store, keys, pages and wire, as one Django project.

`actions` hold one use case a file; page, wire and command line call the same ones. `models` hold what is
kept. `home` is the folder that a node lives in; `boot` makes Django ready for one.
"""
