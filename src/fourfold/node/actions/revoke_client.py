"""Revoking a third-party client's token: at once, and without the institution key."""

from django.db import transaction

from fourfold.node import clock, models, trail


def revoke_client(client: models.Client, actor: str) -> models.Client:
    """Let a client in no more; its terms end with it. To revoke again changes nothing.

    What it has read, it has; withdraw a release to tell nobody else of it.
    """
    now = clock.now()
    with transaction.atomic():
        row = models.Client.objects.select_for_update().get(pk=client.pk)
        if row.revoked is None:
            row.revoked = now
            row.save(update_fields=["revoked"])
            trail.note(models.Tag.CLIENT_REVOKED, now, peer=row.peer, subject=row.peer_id, actor=actor)
    return row
