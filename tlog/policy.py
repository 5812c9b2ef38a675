"""Who is trusted (c2sp.org/tlog-policy): known logs, known witnesses, and how many of them must have signed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tlog.checkpoint import SignedCheckpoint
from tlog.errors import BadPolicy, BadSignature, Malformed, NoQuorum
from tlog.keys import Verifier
from tlog.vkeys import is_of_log, is_of_witness, verifier

NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """At least `threshold` of `members` (names of witnesses or of groups above it)."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """A policy file as read. `urls` are those given for a log's or witness's name."""

    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    urls: dict[str, str] = field(default_factory=dict)

    def check(self, signed: SignedCheckpoint) -> list[str]:
        """The names of the trusted witnesses that cosigned. Raises BadSignature or NoQuorum.

        The log's own signature must be there: by a listed key whose name is the checkpoint's origin.
        """
        keys = [key for key in self.logs if key.name == signed.checkpoint.origin]
        if not keys:
            raise BadSignature(f"the policy does not know the log {signed.checkpoint.origin!r}")
        signed.verify(keys)
        seen = [name for name, key in self.witnesses.items() if self._cosigned(signed, key)]
        if not self.is_reached(seen):
            raise NoQuorum(f"the quorum {self.quorum!r} is not reached; cosigned: {', '.join(seen) or 'nobody'}")
        return seen

    def is_reached(self, seen: Collection[str]) -> bool:
        """The witnesses of these names are enough. Groups only name what stands above them, so one pass will do."""
        held = {NONE, *seen}
        for name, group in self.groups.items():
            if sum(member in held for member in group.members) >= group.threshold:
                held.add(name)
        return self.quorum in held

    @staticmethod
    def _cosigned(signed: SignedCheckpoint, key: Verifier) -> bool:
        mine = [s for s in signed.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
        for signature in mine:
            key.verify(signed.checkpoint.text(), signature.value)
        return bool(mine)


def parse(data: bytes | str) -> Policy:
    """Read a policy file. Raises BadPolicy with the line."""
    raw = data.encode() if isinstance(data, str) else data
    if any((byte < 0x20 and byte not in (0x09, 0x0A)) or byte == 0x7F for byte in raw):
        raise BadPolicy("the policy contains control characters")
    policy, public, used = Policy(), set[bytes](), set[str]()
    for at, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if not words or words[0].startswith("#"):
            continue
        reader = READERS.get(words[0])
        try:
            if reader is None:
                raise BadPolicy(f"unknown word {words[0]!r}")
            reader(policy, words[1:], public, used)
        except (BadPolicy, Malformed, UnicodeError) as wrong:  # a name in bytes that are no text
            raise BadPolicy(f"line {at}: {wrong}") from None
    if not policy.quorum:
        raise BadPolicy("the policy has no quorum line")
    return policy


def _log(policy: Policy, words: list[str], public: set[bytes], used: set[str]) -> None:
    key = verifier(_between(words, 1, 2)[0])
    if not is_of_log(key):
        raise BadPolicy("this is not the key of a log")
    _once(public, b"log" + key.public)
    policy.logs.append(key)
    if len(words) > 1:
        policy.urls[key.name] = words[1]


def _witness(policy: Policy, words: list[str], public: set[bytes], used: set[str]) -> None:
    name, vkey = _between(words, 2, 3)[:2]
    key = verifier(vkey)
    if not is_of_witness(key):
        raise BadPolicy("this is not the key of a witness")
    _once(public, b"witness" + key.public)
    policy.witnesses[_new(policy, name)] = key
    if len(words) > 2:
        policy.urls[name] = words[2]


def _group(policy: Policy, words: list[str], public: set[bytes], used: set[str]) -> None:
    name, threshold, *members = _between(words, 3, 10_000)
    for member in members:
        if member not in policy.witnesses and member not in policy.groups:
            raise BadPolicy(f"{member!r} is not defined above")
        if member in used:
            raise BadPolicy(f"{member!r} is in two groups")
        used.add(member)
    count = {"any": 1, "all": len(members)}.get(threshold)
    if count is None:
        if not (threshold.isascii() and threshold.isdigit()) or not 1 <= int(threshold[:9]) <= len(members):
            raise BadPolicy(f"{threshold!r} of {len(members)} is not possible")
        count = int(threshold)
    policy.groups[_new(policy, name)] = Group(count, tuple(members))


def _quorum(policy: Policy, words: list[str], public: set[bytes], used: set[str]) -> None:
    (name,) = _between(words, 1, 1)
    if policy.quorum:
        raise BadPolicy("there is a quorum already")
    if name != NONE and name not in policy.witnesses and name not in policy.groups:
        raise BadPolicy(f"{name!r} is not defined above")
    policy.quorum = name


Read = Callable[[Policy, list[str], set[bytes], set[str]], None]
READERS: dict[str, Read] = {"log": _log, "witness": _witness, "group": _group, "quorum": _quorum}


def _between(words: list[str], least: int, most: int) -> list[str]:
    if not least <= len(words) <= most:
        raise BadPolicy("too few or too many words")
    return words


def _new(policy: Policy, name: str) -> str:
    if name == NONE or name in policy.witnesses or name in policy.groups:
        raise BadPolicy(f"the name {name!r} is taken")
    return name


def _once(public: set[bytes], key: bytes) -> None:
    if key in public:
        raise BadPolicy("this key stands there twice")
    public.add(key)
