"""A transparency log: tiles, checkpoints, proofs and policies as C2SP specifies them. Pure Python, no Django.

    merkle      hashes and proofs (RFC 6962, RFC 9162)
    tiles       the published files (c2sp.org/tlog-tiles)
    note        signed notes and keys (c2sp.org/signed-note)
    checkpoint  the signed head of a log (c2sp.org/tlog-checkpoint), cosignatures (c2sp.org/tlog-cosignature)
    mldsa, sm2  further kinds of signatures, off unless a log has such keys; vkeys finds the kind of a key
    proof       the offline proof of one entry (c2sp.org/tlog-proof)
    policy      who is trusted (c2sp.org/tlog-policy)
    witness     a third memory that a partner runs (c2sp.org/tlog-witness)
    leaf        what our log records, and the commitment to a record
    seal        the seal of a PDF (PAdES B-B)
    record      a record with its issuer's proof (W3C eddsa-jcs-2022)

`python -m tlog verify` checks a record offline, `python -m tlog witness` runs a witness.
"""
