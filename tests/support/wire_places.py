"""Where the node under test and its counterpart are, as far as tests of the wire are concerned."""

NODE, PEER = "http://node.example", "http://peer.example"
