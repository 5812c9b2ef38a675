"""A signature puts record and evidence into the public log; a stranger can check both files without us."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cms.actions import set_up_groups
from foundation.audit.models import Entry
from foundation.ledger import files
from foundation.ledger.models import LogEntry, LogPlace
from foundation.ledger.sequencer import sequence
from pledges import actions, keys, queries
from pledges.models import IssuerKey, Letter, LetterPdf, PublicRecord, SealedEvidence
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.tlog.conftest import second  # noqa: F401  # a fixture
from tlog import checkpoint, leaf, proof
from tlog.keys import b64
from tlog.merkle import leaf_hash

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def kinds():
    return list(LogEntry.objects.order_by("pk").values_list("kind", "op"))


def get(client, name, letter):
    return client.get(reverse(f"pledges:{name}", args=[letter.public_id]))


def offline(*arguments, folder):
    """`python -m tlog verify` where there is no Django and no project but `tlog`: exit code and output."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "LANG": "C.UTF-8"}
    link = folder / "tlog"
    if not link.exists():
        link.symlink_to(ROOT / "tlog")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['django'] = None; from tlog.__main__ import main;"
         " sys.exit(main(sys.argv[1:]))", "verify", *map(str, arguments)],
        env=environment, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_signature_logs_its_key_its_evidence_and_its_record():
    letter = make.signed()
    assert kinds() == [("key", "add"), ("pledge", "add"), ("evidence", "add")]
    row = letter.public_record
    body = leaf.load(row.body)
    assert leaf.canonical(body).decode() == row.body
    assert leaf.commitment(body, bytes(row.salt)) == row.entry.commitment
    make.signed()
    assert kinds()[3:] == [("pledge", "add"), ("evidence", "add")]


def test_a_letter_that_is_not_public_has_no_record_and_a_minor_no_entry_at_all():
    make.signed(visibility="none")
    assert kinds() == [("evidence", "add")]
    make.signed(make.enrolment(make.class_template(), user=UserFactory(child=True)), visibility="none")
    make.signed(make.enrolment(user=UserFactory(age_class="minor")), visibility="none")
    assert kinds() == [("evidence", "add")]
    assert SealedEvidence.objects.count() == 3
    assert not PublicRecord.objects.exists()


def test_signature_record_and_entries_are_one_transaction(monkeypatch):
    def full(**_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("pledges.actions.signing.enqueue", full)
    enrolled = make.enrolment()
    with pytest.raises(OSError, match="disk full"), transaction.atomic():
        make.signed(enrolled)
    assert not Letter.objects.exists()
    assert not LogEntry.objects.exists()
    assert not PublicRecord.objects.exists()
    assert not SealedEvidence.objects.exists()


def test_signing_twice_logs_once():
    enrolled = make.enrolment()
    assert make.signed(enrolled) == make.signed(enrolled)
    assert len(kinds()) == 3


def test_the_record_is_a_credential_in_the_fields_of_the_layout_without_what_is_hidden():
    unit = OrganisationFactory(name="市水利局")
    letter = make.signed(make.enrolment(user=UserFactory(name="林某"), unit=unit), visibility="unit")
    body = json.loads(letter.public_record.body)
    subject = body["credentialSubject"]
    assert body["type"] == ["VerifiableCredential", "CommitmentLetter"]
    assert body["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert body["issuer"] == keys.did() == "did:web:localhost%3A8000"
    assert (body["proof"]["cryptosuite"], body["proof"]["proofPurpose"]) == ("eddsa-jcs-2022", "assertionMethod")
    assert (subject["pledgeCode"], subject["verificationCode"]) == (letter.code, letter.public_id)
    assert (subject["subjectUnit"], subject["signatureLevel"]) == (letter.record.public_unit, "reauthenticated")
    assert "subjectName" not in subject
    assert "林某" not in letter.public_record.body


def test_the_page_says_where_it_stands_and_files_follow(client):
    letter = make.published()
    page = get(client, "letter", letter).content.decode()
    assert "正在写入" in page
    assert get(client, "letter-proof", letter).status_code == 404
    assert get(client, "check", letter).status_code == 200
    sequence()
    page = get(client, "letter", letter).content.decode()
    assert "公开日志第1条" in page
    proof = get(client, "letter-proof", letter)
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert proof["Access-Control-Allow-Origin"] == "*"
    assert get(client, "letter-json", letter).content.decode() == letter.public_record.body


def test_nothing_of_it_is_served_before_publication_or_after_withdrawal(client):
    waiting, gone = make.signed(), make.logged()
    sequence()
    actions.withdraw_letter(by=gone.signer, letter=gone)
    for letter in (waiting, gone):
        assert [get(client, name, letter).status_code for name in ("letter-json", "letter-proof")] == [404, 404]
    assert [get(client, "check", letter).status_code for letter in (waiting, gone)] == [404, 410]


def test_a_withdrawal_is_an_entry_of_its_own_and_destroys_the_salt():
    letter = make.logged()
    first = letter.public_record.entry
    actions.withdraw_letter(by=letter.signer, letter=letter)
    sequence()
    assert not PublicRecord.objects.exists()
    later = LogEntry.objects.get(event_key=f"pledge:{letter.public_id}:withdraw")
    assert (later.op, later.acts_on, later.commitment) == ("withdraw", first, first.commitment)
    call_command("audit_log", stdout=StringIO())


def test_an_expired_letter_is_told_to_the_log_once():
    letter = make.logged()
    make.logged()
    after = timezone.now() + timedelta(days=366)
    assert [actions.expire_letters(at=after) for _again in range(2)] == [2, 0]
    sequence()
    assert LogEntry.objects.get(event_key=f"pledge:{letter.public_id}:expire").op == "expire"
    assert [event.kind for event in queries.check_published(letter.public_id).later] == ["expired"]


def test_letters_from_before_the_log_get_their_entries_once_and_a_new_pdf(monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("pledges.actions.signing.enter_record", lambda **_kwargs: None)
        letters = [make.published() for _n in range(3)]
        quiet, gone = make.signed(visibility="none"), make.published()
    actions.withdraw_letter(by=gone.signer, letter=gone)
    for letter in letters:
        actions.store_pdf(letter_id=letter.pk, data=b"%PDF-1")
    assert (actions.log_letters(), actions.log_letters()) == (3, 0)
    assert sorted(PublicRecord.objects.values_list("letter_id", flat=True)) == sorted(row.pk for row in letters)
    assert not LetterPdf.objects.exists()
    sequence()
    assert all(queries.check_published(row.public_id).ok for row in letters)
    assert not hasattr(Letter.objects.get(pk=quiet.pk), "public_record")


def test_the_evidence_is_sealed_and_its_commitment_holds():
    enrolled = make.enrolment(user=UserFactory(name="林某"))
    reading = make.reading(enrolled.user, address="192.0.2.7", user_agent="浏览器" * 200)
    letter = actions.sign_letter(opened=make.gate(enrolled), visibility="named", reading=reading)
    row = letter.sealed
    assert "林某".encode() not in bytes(row.sealed)
    opened = actions.open_evidence(code=letter.shown_code, reason="申诉")
    assert (opened["extras"]["address"], opened["how"]["typedName"]) == ("192.0.2.7", "林某")
    assert len(opened["where"]["userAgent"]) == 300
    assert opened["when"]["signed"].endswith("Z")
    with pytest.raises(InvalidTag):
        keys.unseal(bytes(row.sealed)[:-1] + b"\0", about=letter.public_id)
    with pytest.raises(InvalidTag):
        keys.unseal(bytes(row.sealed), about="AAAAAAAAAAAA")


def test_a_lost_key_stops_signing_instead_of_making_another(settings):
    make.signed()
    Path(settings.EVIDENCE_KEY_FILE).unlink()
    with pytest.raises(ValueError, match=r"evidence\.key"):
        make.signed()
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pledges_publicrecord SET body = '{}'",
        "UPDATE pledges_sealedevidence SET entry_id = NULL",
        "DELETE FROM pledges_sealedevidence",
        "UPDATE pledges_issuerkey SET multibase = 'z1'",
        "DELETE FROM pledges_issuerkey",
    ],
)
def test_raw_sql_cannot_change_what_was_published(sql):
    make.signed()
    with pytest.raises(DatabaseError, match="write-once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_issuers_document_names_every_key_that_signed(client):
    make.signed()
    row = IssuerKey.objects.get()
    document = json.loads(client.get("/.well-known/did.json").content)
    assert document["id"] == "did:web:localhost%3A8000"
    assert [m["publicKeyMultibase"] for m in document["verificationMethod"]] == [row.multibase]
    assert document["assertionMethod"] == [row.method]


@pytest.fixture
def exported(tmp_path):
    """An export with three letters, one of them withdrawn after the first export."""
    letters = [make.published() for _n in range(3)]
    sequence()
    folder = tmp_path / "export"
    call_command("export_log", folder, stdout=StringIO())
    actions.withdraw_letter(by=letters[2].signer, letter=letters[2])
    sequence()
    call_command("export_log", folder, stdout=StringIO())
    return folder, letters


def test_the_export_has_the_log_as_served_and_every_public_letter(client, exported):
    folder, letters = exported
    names = sorted(path.name for path in (folder / "l").iterdir())
    assert names == sorted(f"{row.public_id}.{ending}" for row in letters[:2] for ending in ("json", "tlog-proof"))
    for path in ("checkpoint", "policy.txt", "tile/0/000.p/8", "tile/entries/000.p/8"):
        assert (folder / "log" / path).read_bytes() == client.get(f"/log/{path}").content
    assert (folder / ".well-known/did.json").read_bytes() == client.get("/.well-known/did.json").content
    assert files.published().checkpoint.size == 8


def test_a_stranger_verifies_the_export_offline_and_tampering_is_refused(exported):
    folder, letters = exported
    record, proof = (folder / "l" / f"{letters[0].public_id}.{ending}" for ending in ("json", "tlog-proof"))
    trust = ("--policy", folder / "log/policy.txt", "--issuer", folder / ".well-known/did.json")
    assert offline(record, proof, *trust, folder=folder)[0] == 0
    other = folder / "l" / f"{letters[1].public_id}.tlog-proof"
    assert offline(record, other, *trust, folder=folder)[0] == 1
    good = record.read_text(encoding="utf-8")
    changed = folder / "changed.json"
    changed.write_text(good.replace("按时办结", "按时办完"), encoding="utf-8")
    code, output = offline(changed, proof, *trust, folder=folder)
    assert (code, "Do NOT rely" in output) == (1, True)
    lines = proof.read_text(encoding="utf-8").split("\n")
    lines[-2] = lines[-2][:-8] + ("A" if lines[-2][-8] != "A" else "B") + lines[-2][-7:]
    changed.write_text("\n".join(lines), encoding="utf-8")
    assert offline(record, changed, *trust, folder=folder)[0] == 1
    assert offline(record, folder / "nothing", *trust, folder=folder)[0] == 2


def test_others_code_accepts_what_was_exported_and_no_changed_byte_of_it(exported, second):  # noqa: F811
    folder, letters = exported
    vkey = (folder / "log/policy.txt").read_text(encoding="utf-8").split()[1]
    note = (folder / "log/checkpoint").read_text(encoding="utf-8")
    head = checkpoint.parse(note).checkpoint
    opened = second.ask(Do="note", Note=note, Vkeys=[vkey])
    assert (opened["ok"], opened["text"]) == (True, head.text())
    log = {"Dir": str(folder / "log"), "Size": head.size, "Root": b64(head.root)}
    assert second.accepts(Do="audit", **log)
    for row in letters[:2]:
        given = proof.parse((folder / "l" / f"{row.public_id}.tlog-proof").read_bytes())
        known = leaf_hash(bytes(LogPlace.objects.get(place=given.index).leaf))
        asked = {"Do": "inclusion", "Size": head.size, "Root": b64(head.root), "Leaf": b64(known)}
        lines = [b64(line) for line in given.hashes]
        assert second.accepts(Index=given.index, Proof=lines, **asked)
        assert not second.accepts(Index=given.index ^ 1, Proof=lines, **asked)
    for name in ("tile/0/000.p/8", "tile/entries/000.p/8"):
        path = folder / "log" / name
        good = path.read_bytes()
        for at in range(0, len(good), 7):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            assert not second.accepts(Do="audit", **log), (name, at)
        path.write_bytes(good)


def test_no_single_changed_byte_of_record_or_proof_passes(exported):
    folder, letters = exported
    name = letters[0].public_id
    parts = [(folder / "l" / f"{name}.{ending}").read_bytes() for ending in ("json", "tlog-proof")]
    assert queries.check_files(*parts).ok
    for which, data in enumerate(parts):
        for at in range(0, len(data), 5):
            changed = [*parts]
            changed[which] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            assert not queries.check_files(*changed).ok, (which, at)


def test_the_pdf_carries_both_and_verifies_offline(exported, tmp_path):
    folder, letters = exported
    make.work_off()
    pdf = make.pdf_bytes(letters[0])
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    call_command("export_log", folder, stdout=StringIO())
    trust = ("--policy", folder / "log/policy.txt", "--issuer", folder / ".well-known/did.json")
    code, output = offline(path, *trust, folder=folder)
    assert (code, "The record is in the log as it is here." in output) == (0, True), output
    assert len(pdf) <= 60 * 1024
    at = len(pdf) // 3
    path.write_bytes(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :])
    assert offline(path, *trust, folder=folder)[0] == 1
    path.write_bytes(pdf[: len(pdf) // 2])
    assert offline(path, *trust, folder=folder)[0] == 2


def test_who_may_open_evidence_gets_there_from_the_letter_and_from_the_audit_log(client):
    set_up_groups()
    letter = make.logged()
    entry = Entry.objects.get(action="pledges.sign_letter", target=f"pledges.Letter:{letter.pk}")
    leads = f"/pledges/evidence/?code={letter.public_id}"
    page, log = f"/l/{letter.public_id}", reverse("audit-log:inspect", args=[entry.pk])
    auditor = UserFactory()
    auditor.groups.add(Group.objects.get(name="auditor"))
    client.force_login(auditor)
    assert [leads in client.get(address).content.decode() for address in (page, log)] == [True, True]
    assert letter.public_id in client.get(leads).content.decode()
    reason = {"code": letter.public_id, "reason": "核对一件申诉"}
    assert client.post("/pledges/evidence/", reason).status_code == 200
    assert Entry.objects.get(action="pledges.open_evidence").details == {"reason": "核对一件申诉"}
    for other in (letter.signer, UserFactory()):
        client.force_login(other)
        assert leads not in client.get(page).content.decode()
    assert queries.evidence_link(auditor, "x") is None
    assert queries.evidence_link(auditor, "999999") is None
