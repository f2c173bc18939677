"""Drafts of agreements that only SQLite could keep: it takes more than a column says, and no reader does now.

None of them is in force: a counterpart had sent it, and this institution had not signed it.
"""

from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Length

_TITLE, _DIGEST, _ID, _MOST = 500, 71, 80, (1 << 31) - 1


def drop(apps, _editor) -> None:
    """Drop them, with the parties that they name."""
    agreements, parties = apps.get_model("node", "Agreement"), apps.get_model("node", "AgreementParty")
    long = agreements.objects.alias(title_size=Length("title"), before_size=Length("predecessor"))
    wrong = Q(title_size__gt=_TITLE) | Q(before_size__gt=_DIGEST) | Q(number__gt=_MOST)
    named = parties.objects.alias(size=Length("institution")).filter(size__gt=_ID).values("agreement")
    found = long.filter(wrong | Q(pk__in=named), complete=None).values_list("pk", flat=True)
    agreements.objects.filter(pk__in=list(found)).delete()


class Migration(migrations.Migration):
    """No column changes."""

    dependencies = [("node", "0022_quarantine_tried")]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
