"""Passwords as people type them: the same to a reader, the same here (NIST SP 800-63B, section 3.1.1.2)."""

import unicodedata

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import constant_time_compare


def normalised(password: str) -> str:
    """A password in NFKC: whichever keyboard wrote it, with accents of their own or without."""
    return unicodedata.normalize("NFKC", password)


class NormalisedHasher(PBKDF2PasswordHasher):
    """Django's own hash, over the password in NFKC, wherever one is set or checked.

    One that was set under an earlier release, as it was typed then, counts when it is typed so again.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash of a new password."""
        return super().encode(normalised(password), salt, iterations)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether this is the password."""
        if super().verify(password, encoded):
            return True
        if normalised(password) == password:
            return False
        known = self.decode(encoded)
        typed = super().encode(password, known["salt"], known["iterations"])
        return constant_time_compare(encoded, typed)
