"""Why a letter was not signed."""


class SignatureRefused(ValueError):
    """The letter was not signed; nothing was stored. The text is for the signer."""


class NothingToSign(SignatureRefused):
    """The step has no letter yet, or the letter is not ready."""


class TemplateRetired(SignatureRefused):
    """The last day on which this letter could be signed is over."""


class WordingChanged(SignatureRefused):
    """A newer version became ready while this one was being read."""


class NotRead(SignatureRefused):
    """The signer has not said that they read the letter to its end."""


class NameDiffers(SignatureRefused):
    """The typed name is not the account's."""


class WordsRefused(SignatureRefused):
    """A blank or the own promise is empty, too long, or says what a letter must not."""


class VisibilityRefused(SignatureRefused):
    """The chosen visibility is wider than the template, the signer's age or the unit allows."""


class PasskeyRefused(SignatureRefused):
    """The passkey's answer does not belong to this letter, this person or this site."""


class NotOnTheSpot(SignatureRefused):
    """Who would confirm the signer's identity does not lead the signer's unit, or is the signer."""


class NotRenewable(SignatureRefused):
    """The letter is not the signer's own, still holds for long, was renewed before, or has ended."""
