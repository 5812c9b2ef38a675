"""The one family of errors: whatever is refused says why in `reason`, a short word for programs."""


class TlogError(ValueError):
    """Something does not hold. `reason` is a stable short word, the text says it to people."""

    reason = "invalid"

    def __init__(self, text: str, *, reason: str = "") -> None:
        self.reason = reason or self.reason
        super().__init__(text)


class Malformed(TlogError):
    """The bytes do not have the form that the specification asks for."""

    reason = "malformed"


class BadProof(TlogError):
    """A Merkle proof does not lead to the root."""

    reason = "bad-proof"


class BadSignature(TlogError):
    """A signature of a known key does not verify, or a key that is needed has not signed."""

    reason = "bad-signature"


class BadPolicy(TlogError):
    """The policy file contradicts its specification."""

    reason = "bad-policy"


class NoQuorum(TlogError):
    """Too few of the trusted witnesses have signed."""

    reason = "no-quorum"


class Refused(TlogError):
    """The log refuses to go on: signing would risk a second history."""

    reason = "refused"
