"""Merkle tree hashes and proofs with SHA-256 (RFC 6962 section 2.1, RFC 9162 sections 2.1.3 and 2.1.4).

>>> root([leaf_hash(b"")]).hex()
'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from tlog.errors import BadProof

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
Range = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (at least 2): where RFC 6962 parts a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes, or over the roots of equal full subtrees in order."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def inclusion_path(index: int, size: int, of_range: Range) -> list[bytes]:
    """The proof that entry `index` is in the tree of `size`, from the leaf's sibling up (RFC 6962 2.1.1).

    `of_range(low, high)` gives the hash of the entries from `low` up to, not including, `high`.
    Raises BadProof if the index is outside.
    """
    if not 0 <= index < size:
        raise BadProof(f"entry {index} is not in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            path.append(of_range(middle, high))
            high = middle
        else:
            path.append(of_range(low, middle))
            low = middle
    return path[::-1]


def consistency_path(old: int, new: int, of_range: Range) -> list[bytes]:
    """The proof that the tree of `old` entries is a beginning of the tree of `new` (RFC 6962 2.1.2).

    Empty if `old` is 0 or equal to `new`. Raises BadProof if `old` is larger or negative.
    """
    if not 0 <= old <= new:
        raise BadProof(f"{old} is not a beginning of {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            path.append(of_range(middle, high))
            high = middle
        else:
            path.append(of_range(low, middle))
            low, whole = middle, False
    if not whole:
        path.append(of_range(low, high))
    return path[::-1]


def check_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Follow the proof from `leaf` (a leaf hash) to the root (RFC 9162 2.1.3.2). Raises BadProof."""
    _only_hashes([leaf, root_hash, *proof])
    if not 0 <= index < size:
        raise BadProof(f"entry {index} is not in a tree of {size}")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    if found != root_hash:
        raise BadProof("the proof does not lead to the root")


def check_consistency(*, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that `old` is a beginning of `new` (RFC 9162 2.1.4.2). Raises BadProof.

    From the empty tree there is nothing to prove: that is refused, too.
    """
    if not 0 < old <= new:
        raise BadProof(f"{old} is not a beginning of {new} that could be proved")
    if old == new:
        if proof or old_root != new_root:
            raise BadProof("the two trees are not the same")
        return
    _only_hashes([old_root, new_root, *proof])
    nodes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not nodes:
        raise BadProof("the proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, node)
        place, last = place >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise BadProof("the proof does not lead to both roots")


def _only_hashes(values: Sequence[bytes]) -> None:
    if any(len(value) != HASH_SIZE for value in values):
        raise BadProof("a hash does not have 32 bytes")
