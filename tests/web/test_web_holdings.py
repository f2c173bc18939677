"""What both sides hold, on the evidence page: nothing before it was compared, an alarm while it differs."""

from typing import Any

from fourfold.node import clock
from fourfold.node.models import Comparison, UnknownRelease


def compared(peer: Any, ours: bool, here: int, there: int, **values: Any) -> None:  # noqa: FBT001  a direction
    roots = {"root": "a" * 64, "their_root": ("a" if here == there else "b") * 64}
    Comparison.objects.create(
        peer=peer,
        ours=ours,
        at=clock.now(),
        statement=b"",
        count=here,
        their_count=there,
        **{**roots, **values},
    )


def test_holdings_are_shown_once_they_were_compared_and_a_difference_is_an_alarm(
    scene: Any, web: Any
) -> None:
    assert "What both sides hold" not in web.get("/evidence/").content.decode()
    compared(scene.peer, ours=False, here=17, there=17)
    page = web.get("/evidence/").content.decode()
    assert "the same on both sides" in page
    assert "differs" not in page
    compared(scene.peer, ours=True, here=41, there=43, unknown=2)
    UnknownRelease.objects.create(
        peer=scene.peer, stix_id="incident--7", version=3, digest="sha256:" + 64 * "c", told=clock.now()
    )
    page = web.get("/evidence/").content.decode()
    assert "holds 2 that this node does not know any more" in page
    assert "incident--7" in page
