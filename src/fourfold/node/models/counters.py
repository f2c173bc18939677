"""What is counted for a while, such as tries to sign in; every process of the node sees the same."""

from django.db import models


class Counter(models.Model):
    """A row of Django's database cache, in the columns that it asks for."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
