"""Hashes and proofs, against the recursive definitions of RFC 6962 written down once more, and against tampering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.conftest import Log
from tlog.errors import BadProof, Malformed, TlogError
from tlog.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, node_hash, root
from tlog.reader import audit
from tlog.tiles import load_edge, pack, tile_path, unpack

LEAVES = [leaf_hash(bytes([n])) for n in range(70)]


def mth(hashes):
    """RFC 6962 2.1, word by word."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(mth(hashes[:k]), mth(hashes[k:]))


def path(m, hashes):
    """RFC 6962 2.1.1, word by word."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*path(m, hashes[:k]), mth(hashes[k:])]
    return [*path(m - k, hashes[k:]), mth(hashes[:k])]


def subproof(m, hashes, whole):
    """RFC 6962 2.1.2, word by word."""
    if m == len(hashes):
        return [] if whole else [mth(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m <= k:
        return [*subproof(m, hashes[:k], whole), mth(hashes[k:])]
    return [*subproof(m - k, hashes[k:], False), mth(hashes[:k])]


@given(st.integers(1, 70), st.data())
def test_a_proof_of_inclusion_is_that_of_the_standard_and_holds(size, data):
    index = data.draw(st.integers(0, size - 1))
    log = Log(bytes([n]) for n in range(size))
    log.publish()
    assert log.edge.root() == mth(LEAVES[:size]) == root(LEAVES[:size])
    proof = log.reader().inclusion(index)
    assert proof == path(index, LEAVES[:size])
    check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root_hash=log.edge.root())
    for wrong in (proof[:-1] if proof else [LEAVES[0]], [*proof, LEAVES[0]]):
        with pytest.raises(BadProof):
            check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=wrong, root_hash=log.edge.root())


@given(st.integers(1, 70), st.data())
def test_a_proof_of_consistency_is_that_of_the_standard_and_holds(new, data):
    old = data.draw(st.integers(1, new))
    log = Log(bytes([n]) for n in range(new))
    log.publish()
    proof = log.reader().consistency(old, mth(LEAVES[:old]))
    assert proof == ([] if old == new else subproof(old, LEAVES[:new], True))
    roots = {"old_root": mth(LEAVES[:old]), "new_root": mth(LEAVES[:new])}
    check_consistency(old=old, new=new, proof=proof, **roots)
    for at in range(len(proof)):
        wrong = list(proof)
        wrong[at] = bytes(32)
        with pytest.raises(BadProof):
            check_consistency(old=old, new=new, proof=wrong, **roots)


def test_no_other_index_or_size_fits_a_proof():
    proof = path(20, LEAVES[:50])
    for index, size in [(19, 50), (21, 50), (20, 20), (20, 0), (-1, 50), (50, 50)]:
        with pytest.raises(BadProof):
            check_inclusion(leaf=LEAVES[20], index=index, size=size, proof=proof, root_hash=mth(LEAVES[:50]))


def test_an_empty_tree_has_the_hash_of_nothing_and_proves_nothing():
    assert Log().edge.root() == EMPTY_ROOT == root([])
    with pytest.raises(BadProof):
        check_consistency(old=0, new=1, proof=[], old_root=EMPTY_ROOT, new_root=LEAVES[0])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 512, 65_536, 66_000])
def test_a_log_goes_on_from_its_files(size):
    log = Log(n.to_bytes(4) for n in range(size))
    log.publish()
    edge = load_edge(size, log.files.__getitem__)
    assert (edge.size, edge.root(), edge.levels) == (size, log.edge.root(), log.edge.levels)
    audit(size, log.edge.root(), log.files.__getitem__)
    reader = log.reader()
    for index in {0, size // 2, size - 1}:
        reader.inclusion(index, index.to_bytes(4))
    assert reader.entries((size - 1) // 256)[-1] == (size - 1).to_bytes(4)


def test_the_files_of_seventy_thousand_entries_are_those_of_the_specification():
    log = Log(b"%d" % n for n in range(70_000))
    log.publish()
    names = [name for name in log.files if "entries" not in name]
    assert len([n for n in names if n.startswith("tile/0/") and ".p/" not in n]) == 273
    assert {n for n in names if ".p/" in n} == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}


def test_a_flipped_bit_in_any_tile_is_noticed():
    log = Log(b"%d" % n for n in range(600))
    log.publish()
    whole = dict(log.files)
    for name, data in whole.items():
        for at in (0, len(data) // 2, len(data) - 1):
            broken = bytearray(data)
            broken[at] ^= 1
            log.files[name] = bytes(broken)
            with pytest.raises(TlogError):
                audit(600, log.edge.root(), log.files.__getitem__)
            log.files[name] = data


def test_a_reader_never_hands_out_what_a_forged_tile_says():
    log = Log(b"%d" % n for n in range(300))
    log.publish()
    name = tile_path(0, 0)
    log.files[name] = bytes(32) + log.files[name][32:]
    with pytest.raises(BadProof):
        log.reader().inclusion(5)
    with pytest.raises(BadProof):
        log.reader().entries(0)


def test_bundles_hold_what_was_put_in():
    assert unpack(pack([b"", b"a", b"x" * 65_535])) == [b"", b"a", b"x" * 65_535]
    for cut in (b"\x00", b"\x00\x02a"):
        with pytest.raises(Malformed):
            unpack(cut)
    with pytest.raises(ValueError, match="65,535"):
        pack([b"x" * 65_536])
