"""The published files of a log: hash tiles and entry bundles (c2sp.org/tlog-tiles).

>>> tile_path(0, 1234067)
'tile/0/x001/x234/067'
>>> tile_path("entries", 0, 5)
'tile/entries/000.p/5'
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from tlog.errors import BadProof, Malformed
from tlog.merkle import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash, root

WIDTH = 256
MAX_ENTRY = 0xFFFF
Level = int | Literal["entries"]
Put = Callable[[str, bytes], object]
Get = Callable[[str], bytes]


def tile_path(level: Level, number: int, width: int = WIDTH) -> str:
    """Where a tile or bundle stands below the log's prefix. Raises ValueError for what cannot exist."""
    if number < 0 or not 1 <= width <= WIDTH or (level != "entries" and not 0 <= level <= 63):
        raise ValueError(f"no such tile: {level}, {number}, {width}")
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(reversed(parts))}" + ("" if width == WIDTH else f".p/{width}")


def pack(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry behind its length as a big-endian uint16. Raises ValueError over 65,535 bytes."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise ValueError("an entry has at most 65,535 bytes")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unpack(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Malformed if it is cut short."""
    entries, at = [], 0
    while at < len(bundle):
        if at + 2 > len(bundle):
            raise Malformed("the bundle ends inside a length")
        (length,) = struct.unpack_from(">H", bundle, at)
        at += 2 + length
        if at > len(bundle):
            raise Malformed("the bundle ends inside an entry")
        entries.append(bundle[at - length : at])
    return entries


def hashes_of(tile: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of `width`. Raises Malformed if its size is another."""
    if len(tile) != width * HASH_SIZE:
        raise Malformed(f"a tile of {width} hashes has {len(tile)} bytes")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


class Edge:
    """The right edge of a growing tree: per level the hashes of the tile that is not full yet, and its entries.

    Holds at most 255 entries and 255 hashes a level, so a log of any size goes on from little.
    """

    def __init__(self) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = []
        self.bundle: list[bytes] = []

    def copy(self) -> "Edge":
        """An edge that can be tried on without changing this one."""
        other = Edge()
        other.size, other.bundle = self.size, list(self.bundle)
        other.levels = [list(level) for level in self.levels]
        return other

    def append(self, entry: bytes, put: Put) -> None:
        """Add an entry; every tile and bundle that becomes full goes to `put(path, bytes)`."""
        if len(entry) > MAX_ENTRY:
            raise ValueError("an entry has at most 65,535 bytes")
        self.bundle.append(entry)
        self.size += 1
        if len(self.bundle) == WIDTH:
            put(tile_path("entries", self.size // WIDTH - 1), pack(self.bundle))
            self.bundle = []
        carried, level = leaf_hash(entry), 0
        while True:
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            row.append(carried)
            if len(row) < WIDTH:
                return
            put(tile_path(level, self.size // WIDTH ** (level + 1) - 1), b"".join(row))
            carried, self.levels[level] = root(row), []
            level += 1

    def partials(self) -> Iterator[tuple[str, bytes]]:
        """`(path, bytes)` of the tiles that are not full, and of the bundle."""
        if self.bundle:
            yield tile_path("entries", self.size // WIDTH, len(self.bundle)), pack(self.bundle)
        for level, row in enumerate(self.levels):
            if row:
                yield tile_path(level, self.size // WIDTH ** (level + 1), len(row)), b"".join(row)

    def root(self) -> bytes:
        """The root hash of the whole tree. The higher levels stand to the left."""
        right: bytes | None = None
        for row in self.levels:
            count = len(row)
            while count:  # the last full subtrees first: sizes are the bits of `count`, the smallest at the right
                low = count & -count
                left = root(row[count - low : count])
                right = left if right is None else node_hash(left, right)
                count -= low
        return EMPTY_ROOT if right is None else right


def load_edge(size: int, get: Get) -> Edge:
    """The edge of a published tree, from its files. `get(path)` raises LookupError or OSError for a missing file.

    Raises Malformed or BadProof if the files contradict each other; compare `root()` with the signed root afterwards.
    """
    edge = Edge()
    edge.size, level = size, 0
    while count := size >> (8 * level):
        width = count % WIDTH
        edge.levels.append(hashes_of(get(tile_path(level, count // WIDTH, width)), width) if width else [])
        level += 1
    if width := size % WIDTH:
        edge.bundle = unpack(get(tile_path("entries", size // WIDTH, width)))
        if [leaf_hash(entry) for entry in edge.bundle] != edge.levels[0]:
            raise BadProof("the last entries do not have the hashes of the last tile")
    return edge
