"""Read a published log and prove what it says, every hash up to a signed root.

Tiles come from somewhere that nobody needs to trust: whatever is read is proved before it is used (a reader of another
project once took tiles as they were, GO-2026-6179).
"""

from tlog.checkpoint import SignedCheckpoint
from tlog.errors import BadProof
from tlog.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    split,
)
from tlog.tiles import WIDTH, Edge, Get, hashes_of, tile_path, unpack


class Reader:
    """The tree of `size` entries whose root hash is `root_hash`, read through `get(path)`.

    `get` raises LookupError or OSError for a file that is not there. `signed` is the checkpoint that says so, for
    proofs that carry it.
    """

    def __init__(self, size: int, root_hash: bytes, get: Get, signed: SignedCheckpoint | None = None) -> None:
        self.size, self.root_hash, self._get, self.signed = size, root_hash, get, signed
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def inclusion(self, index: int, entry: bytes | None = None) -> list[bytes]:
        """The proof of entry `index`, checked against the root. Raises BadProof or Malformed."""
        leaf = self._node(0, index) if entry is None and 0 <= index < self.size else leaf_hash(entry or b"")
        proof = inclusion_path(index, self.size, self._range)
        check_inclusion(leaf=leaf, index=index, size=self.size, proof=proof, root_hash=self.root_hash)
        return proof

    def consistency(self, old: int, old_root: bytes) -> list[bytes]:
        """The proof that the tree of `old` entries with `old_root` is a beginning of this one. Raises BadProof."""
        proof = consistency_path(old, self.size, self._range)
        if old == 0:
            return proof
        check_consistency(old=old, new=self.size, proof=proof, old_root=old_root, new_root=self.root_hash)
        return proof

    def continuation(self, old: int) -> list[bytes]:
        """The proof that the first `old` entries are a beginning of this tree, for whoever remembers their root."""
        return self.consistency(old, self._range(0, old) if old else EMPTY_ROOT)

    def entries(self, number: int) -> list[bytes]:
        """The entries of bundle `number`, each proved to be in the tree. Raises BadProof or Malformed."""
        width = min(WIDTH, self.size - number * WIDTH)
        if number < 0 or width < 1:
            raise BadProof(f"bundle {number} is not in a tree of {self.size}")
        try:
            found = unpack(self._get(tile_path("entries", number, width)))
        except (LookupError, OSError):
            if width == WIDTH:
                raise
            found = unpack(self._get(tile_path("entries", number)))[:width]
        if len(found) != width:
            raise BadProof(f"bundle {number} has {len(found)} entries, not {width}")
        hashes = [leaf_hash(entry) for entry in found]
        if hashes != self._tile(0, number):
            raise BadProof(f"bundle {number} does not have the hashes of its tile")
        self.inclusion(number * WIDTH)  # every hash of the tile goes into this proof
        return found

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._tiles:
            width = min(WIDTH, (self.size >> (8 * level)) - number * WIDTH)
            try:
                tile = self._get(tile_path(level, number, width))
            except (LookupError, OSError):
                if width == WIDTH:
                    raise
                tile = self._get(tile_path(level, number))[: width * 32]  # full by now: the beginning is the same
            self._tiles[level, number] = hashes_of(tile, width)
        return self._tiles[level, number]

    def _node(self, height: int, number: int) -> bytes:
        """The root of the full subtree number `number` of 2**height entries."""
        level, rest = divmod(height, 8)
        first = number << rest
        row = self._tile(level, first // WIDTH)
        at = first % WIDTH
        return root(row[at : at + (1 << rest)])

    def _range(self, low: int, high: int) -> bytes:
        """The tree hash of the entries from `low` (a multiple of the subtree's size) up to `high`."""
        count = high - low
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._node(height, low >> height)
        middle = low + split(count)
        return node_hash(self._range(low, middle), self._range(middle, high))


def audit(size: int, root_hash: bytes, get: Get) -> None:
    """Recompute the whole tree from its entries and compare every tile and the root. Raises BadProof or Malformed."""
    edge = Edge()

    def compare(path: str, expected: bytes) -> None:
        if get(path) != expected:
            raise BadProof(f"{path} is not what the entries give")

    for number in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - number * WIDTH)
        found = unpack(get(tile_path("entries", number, width)))
        if len(found) != width:
            raise BadProof(f"bundle {number} has {len(found)} entries, not {width}")
        for entry in found:
            edge.append(entry, compare)
    for path, expected in edge.partials():
        compare(path, expected)
    if edge.size != size or edge.root() != root_hash:
        raise BadProof("the entries do not give the signed root")
