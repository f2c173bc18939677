"""What accounts may do, and the tokens by which their programs ask."""

from django.conf import settings
from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.roles import Role


class AccountRole(models.Model):
    """One role of one account."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20)

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["account", "role"], name="an_account_has_a_role_once")]

    def __str__(self) -> str:
        return self.role


class ApiToken(models.Model):
    """A token of an account, for programs; only its digest is kept, so nobody can read it here."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = DigestField(unique=True)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


def roles_of(account: object) -> frozenset[Role]:
    """The roles of an account, by what the store says now."""
    rows = AccountRole.objects.filter(account=account, role__in=list(Role))
    return frozenset(Role(name) for name in rows.values_list("role", flat=True))
