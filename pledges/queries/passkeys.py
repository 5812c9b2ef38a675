"""The passkeys that people have registered to sign in with, and sign letters with, too."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser
from fido2.webauthn import AttestedCredentialData


@dataclass(frozen=True, slots=True)
class Passkey:
    """A registered passkey: its row, and its public key."""

    authenticator: Authenticator
    credential: AttestedCredentialData

    @property
    def credential_id(self) -> bytes:
        """What the browser calls it."""
        return bytes(self.credential.credential_id)


def passkeys_of(user: AbstractBaseUser) -> list[Passkey]:
    """Every passkey of `user`. One statement."""
    rows = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    found = [(row, row.wrap().authenticator_data.credential_data) for row in rows]
    return [Passkey(row, credential) for row, credential in found if credential is not None]


def passkey_of(user: AbstractBaseUser, credential_id: bytes) -> Passkey | None:
    """The passkey of `user` that the browser calls so."""
    return next((key for key in passkeys_of(user) if key.credential_id == credential_id), None)
