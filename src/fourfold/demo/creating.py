"""Creating a demonstration node; doing it again changes nothing."""

from pathlib import Path

from fourfold.errors import RefusedError
from fourfold.node.actions.create_node import NewNode, create_node
from fourfold.node.home import Home
from fourfold.node.keys import INSTITUTION_PASSPHRASE, NODE_PASSPHRASE, passphrase


def create(path: Path, **wanted: object) -> dict[str, str]:
    """Make the node, or find that it is there."""
    institution = passphrase(INSTITUTION_PASSPHRASE, "institution key", new=True)
    node = passphrase(NODE_PASSPHRASE, "node key", new=True)
    try:
        config = create_node(path, NewNode(**wanted), institution, node)
    except RefusedError:
        config = Home(path).config()
    return {"id": config.id, "url": config.url}
