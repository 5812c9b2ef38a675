"""Every action leaves exactly one entry in the audit log, or says here why it does not."""

import ast

from tests.architecture.sources import python_sources

# "app.actions.verb": the reason why its entry is written elsewhere or why there is none.
EXEMPT = {
    "accounts.actions.refuse_child_without_consent": "a guard of sign-in that writes nothing",
    "accounts.actions.locks.prune_failures": "no business fact: old counts are forgotten",
    "certificates.actions.queue_issuing": "it queues work; issuing has the entry",
    "cms.actions.reports.accept_case": "Wagtail's task calls after_acceptance, which has the entry",
    "cms.actions.reports.return_case": "Wagtail's task calls after_return, which has the entry",
    "cms.actions.site.set_up_case_review": "nobody decided it, the version of the program did",
    "cms.actions.site.set_up_groups": "nobody decided it, the version of the program did",
    "exams.actions.classwork.is_mastered": "a rule that writes nothing",
    "courses.actions.reading.open_lesson": "the visit is its own record; finishing has the entry",
    "courses.actions.reading.report_played": "a pure save, many times a minute",
    "courses.actions.uploads.add_piece": "a part of an upload; finishing it has the entry",
    "dashboards.actions.figures.count_exams": "figures that follow from the attempts",
    "classwork.actions.packages.write_package": "asking for it and finishing it have the entries",
    "dashboards.actions.reports.kept_until": "a day that follows from another; it writes nothing",
    "dashboards.actions.reports.write_report": "asking for it and finishing it have the entries",
    "exams.actions.analysis.keep_analysis": "figures from what is stored; asking for them has the entry",
    "exams.actions.byhand.claim_next": "no business fact: a claim that runs out by itself",
    "exams.actions.byhand.save_draft": "no business fact: what a marker types, until the mark is given",
    "exams.actions.telling.tell_commented": "a part of commenting, which has the entry",
    "exams.actions.telling.tell_returned": "a part of returning, which has the entry",
    "exams.actions.marking.store_score": "a part of marking, which has the entry",
    "exams.actions.sessions.rules_changed": "a part of setting rules, which has the entry",
    "exams.actions.regrade.plan_slice": "a slice of planning, which has the entry and changes nothing",
    "exams.actions.preparing.count_draws": "a counter that follows from the attempts",
    "exams.actions.preparing.discard_prepared": "nobody has seen what is thrown away",
    "exams.actions.preparing.keep_stock": "a stock that is made again; starting an attempt has the entry",
    "exams.actions.preparing.prepare_papers": "a stock that is made again; starting an attempt has the entry",
    "exams.actions.bulk.go_on_changing": "a portion of a change to many, which has the entry",
    "exams.actions.indexing.note_uses": "the index is derived and only made again",
    "exams.actions.bank.reword": "a part of revising, which has the entry",
    "exams.actions.import_store.continue_import": "a portion of storing or undoing, which have the entry",
    "exams.actions.imports.read_in_background": "a part of taking a file in, which has the entry",
    "exams.actions.imports.show_batch": "a part of taking a file in, which has the entry",
    "exams.actions.indexing.find_twins": "the index is derived; the change that it follows has the entry",
    "exams.actions.indexing.forget_items": "the index is derived; the change that it follows has the entry",
    "exams.actions.indexing.index_items": "the index is derived; the change that it follows has the entry",
    "exams.actions.indexing.rebuild_index": "the index is derived and only made again",
    "exams.actions.indexing.refresh_states": "the index is derived; the change that it follows has the entry",
    "exams.actions.saving.checked_batch": "a part of saving that writes nothing",
    "exams.actions.saving.is_well_formed": "a part of saving that writes nothing",
    "exams.actions.saving.save_form": "a pure save of answers",
    "exams.actions.saving.save_responses": "a pure save of answers",
    "foundation.audit.actions.record": "it is the log itself",
    "foundation.audit.actions.seal": "it makes the chain of the log",
    "foundation.jobs.actions.enqueue": "the action that queues the work has the entry",
    "foundation.jobs.actions.nudge": "it writes nothing",
    "foundation.jobs.actions.prune_jobs": "no business fact: finished work is forgotten after some days",
    "foundation.ledger.actions.append": "the action that it records has the entry",
    "foundation.ledger.actions.key_record": "a form that writes nothing",
    "foundation.ledger.actions.shard_record": "a form that writes nothing",
    "newsletters.actions.make_pdf": "a file made again from what is public",
    "newsletters.actions.request_pdf": "a file made again from what is public",
    "notifications.actions.log_delivery": "the delivery log is its own record",
    "notifications.actions.mark_all_read": "no business fact",
    "notifications.actions.mark_read": "no business fact",
    "notifications.actions.notify": "the action that tells somebody has the entry",
    "notifications.actions.notify_all": "the action that tells them has the entry",
    "pledges.actions.entries.enter_later": "a part of what happens to a letter, which has the entry",
    "pledges.actions.entries.issuer": "a key that is used for the first time, while signing, which has the entry",
    "pledges.actions.afterwards.hold": "a lock that writes nothing",
    "pledges.actions.afterwards.next_mark": "a part of what happens to a letter that writes nothing",
    "pledges.actions.afterwards.note_event": "a part of what happens to a letter, which has the entry",
    "pledges.actions.archiving.archive": "a part of ending a letter, which has the entry",
    "pledges.actions.archiving.destroy": "a part of ending a letter, which has the entry",
    "pledges.actions.archiving.forget_handler": "a part of erasing a person, which has the entry",
    "pledges.actions.archiving.forget_pdf": "a part of ending and of hiding a letter, which have the entry",
    "pledges.actions.archiving.forget_signings": "a part of ending a letter and of retention, which have the entry",
    "pledges.actions.archiving.keep_until": "a rule that writes nothing",
    "pledges.actions.archiving.queue_missing_copies": "it queues work again that an action had queued",
    "pledges.actions.evidence.keep_extras": "a part of signing, which has the entry",
    "pledges.actions.evidence.network_of": "a rule that writes nothing",
    "pledges.actions.passkeys.accept_answer": "a part of signing, which has the entry",
    "pledges.actions.passkeys.new_nonce": "a part of signing that writes nothing",
    "pledges.actions.passkeys.question_of": "a part of signing that writes nothing",
    "pledges.actions.passkeys.statement_of": "a part of signing that writes nothing",
    "pledges.actions.renewal.note_renewal": "a part of signing, which has the entry",
    "pledges.actions.signing.check_passkey": "a part of signing that writes nothing",
    "pledges.actions.signing.check_signer": "a part of signing that writes nothing",
    "pledges.actions.wording.retired_words": "a part of signing that writes nothing",
    "pledges.actions.wording.signable": "a part of signing that writes nothing",
    "pledges.actions.wording.fill_in": "a part of signing that writes nothing",
    "pledges.actions.entries.enter_record": "a part of signing, which has the entry",
    "pledges.actions.entries.know_seal": "a part of keeping a PDF, which has the entry",
    "pledges.actions.evidence.seal_evidence": "a part of signing, which has the entry",
    "pledges.actions.publication.queue_pdf": "publishing has the entry",
    "pledges.actions.telling.tell_returned": "a part of returning, which has the entry",
    "organisations.actions.roster_telling.tell_of_roster": "a message about what has the entry",
    "organisations.actions.consents.set_up_consent_text": "nobody decided it, the version of the program did",
    "organisations.actions.doors.find_class": "a wrong code is counted for some minutes and changes nothing",
    "organisations.actions.doors.note_seen": "no business fact: a pupil is still there",
    "organisations.actions.doors.prune_doors": "no business fact: old openings and tries are forgotten",
    "organisations.actions.doors.send_out": "a part of closing, letting in and out, which have the entry",
    "organisations.actions.duties.set_up_professions": "nobody decided it, the version of the program did",
    "organisations.actions.history.note": "a part of other actions, which have the entry",
    "organisations.actions.scim_keys.open_scim_key": "a look at a key that writes nothing",
    "organisations.actions.roster_applying.check_roster": "a part of applying that writes nothing",
    "organisations.actions.roster_applying.is_same": "a part of applying that writes nothing",
    "organisations.actions.roster_people.age_class": "a part of applying that writes nothing",
    "organisations.actions.roster_people.put_in": "a portion of applying, which has the entry",
    "organisations.actions.roster_reading.blame": "a part of reading a file, which has the entry",
    "organisations.actions.roster_reading.prune_rosters": "no business fact: old previews are forgotten",
    "organisations.actions.roster_reading.read_in_background": "a part of taking a file in, which has the entry",
    "organisations.actions.roster_reading.read_rows": "a part of reading that writes nothing",
    "organisations.actions.roster_reading.refuse_size": "a guard that writes nothing",
    "organisations.actions.roster_reading.row_of": "a part of reading that writes nothing",
    "organisations.actions.roster_reading.settle": "a part of reading that writes nothing",
    "organisations.actions.roster_reading.show_roster": "a part of taking a file in, which has the entry",
    "organisations.actions.roster_undoing.take_out": "a portion of undoing, which has the entry",
    "pledges.actions.publication.queue_missing_pdfs": "it queues work again that an action had queued",
    "pledges.actions.publication.queue_prolonging": "it queues work that stores a PDF, which is recorded",
    "pledges.actions.registry.age_registry": "the list is derived; expiry in the log has the entry",
    "pledges.actions.registry.count_schools": "figures that follow from the letters",
    "pledges.actions.registry.count_search": "a counter of a limit, forgotten after minutes",
    "pledges.actions.registry.fold_registry": "the same figures in fewer rows",
    "pledges.actions.registry.forget_searches": "a counter of a limit, forgotten after minutes",
    "pledges.actions.registry.in_parts": "it writes nothing",
    "pledges.actions.registry.keep_registry": "the list is derived; the change that it follows has the entry",
    "pledges.actions.registry.leave_registry": "the list is derived; the change that it follows has the entry",
    "pledges.actions.registry.month_of": "it writes nothing",
    "pledges.actions.registry.registry_row": "it writes nothing",
    "pledges.actions.registry.store_rows": "the list is derived; the change that it follows has the entry",
    "pledges.actions.registry.unit_kind_of": "it writes nothing",
    "pledges.actions.registry.vector": "it writes nothing",
    "foundation.ledger.actions.append_all": "the action that it records has the entry",
    "pledges.actions.afterwards.end_for_good": "a part of ending, which has the entry",
    "pledges.actions.afterwards.find_fulfilment": "a part of recording it, which has the entry",
    "pledges.actions.changes.note_change": "a part of the change, which has the entry",
    "pledges.actions.changes.note_changes": "a part of the change, which has the entry",
    "pledges.actions.changes.wake": "a part of the change, which has the entry",
    "pledges.actions.imports.judge": "a part of reading a table that writes nothing",
    "pledges.actions.imports.prune_imports": "no business fact: old previews are forgotten",
    "pledges.actions.taking.digest_of": "it writes nothing",
    "pledges.actions.taking.take_codes": "a part of taking letters in, which has the entry",
    "pledges.actions.webhooks.note_delivery": "the log of deliveries is its own record",
    "pledges.actions.webhooks.plan_deliveries": "the log of deliveries is its own record",
    "pledges.actions.webhooks.prune_deliveries": "no business fact: old deliveries are forgotten",
    "pledges.actions.webhooks.secret_of": "it writes nothing",
    "pledges.actions.webhooks.signature": "it writes nothing",
    "pledges.actions.submission.open_key": "a look at a key that writes nothing",
    "pledges.actions.signing.next_code": "a part of signing, which has the entry",
    "pledges.actions.signing.store_letter": "a part of signing, which has the entry",
    "pledges.actions.signing.unit_line": "a part of signing that writes nothing",
    "foundation.jobs.actions.enqueue_all": "the action that queues the work has the entry",
    "programmes.actions.assigning.begin_pass": "giving it has the entry, and so has a pass that changed something",
    "programmes.actions.completing.complete_steps": "the fact that proves the completion has the entry",
    "programmes.actions.completing.revoke_step": "the fact that revokes the completion has the entry",
    "programmes.actions.completing.count_completions": "figures that follow from the completions",
    "programmes.actions.forecasting.forecast": "a word that follows from completions and days",
    "programmes.actions.forecasting.set_outlook": "a word that follows from completions and days",
    "programmes.actions.tallying.count_people": "figures that follow from the enrolments",
    "programmes.actions.tallying.fold_tallies": "the same figures in fewer rows",
    "programmes.actions.tallying.held": "a lock that writes nothing",
    "programmes.actions.tallying.insert_differences": "figures that follow from the enrolments",
    "programmes.actions.tallying.fill_weeks": "figures that follow from the enrolments",
    "programmes.actions.tallying.keep_week": "figures that follow from the enrolments",
}


def action_modules():
    """(dotted name of the module, its tree) for every module of every actions package."""
    for name, _text, tree in python_sources(tests=False):
        dotted = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if "actions" in dotted.split("."):
            yield dotted, tree


def verbs():
    """(dotted name, function, all functions of its app's actions by name) for every public function in actions."""
    packages = {}
    for dotted, tree in action_modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                packages.setdefault(dotted.split(".actions")[0], {})[node.name] = node
    for dotted, tree in action_modules():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not is_context_manager(node):
                yield f"{dotted}.{node.name}", node, packages[dotted.split(".actions")[0]]


def is_context_manager(function):
    return any("contextmanager" in ast.unparse(decorator) for decorator in function.decorator_list)


def called(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def records(function, known, seen=()):
    """How often `record(...)` stands in the function and in the functions of its app's actions that it calls."""
    calls = list(called(function))
    inner = [known[name] for name in calls if name in known and name not in seen and known[name] is not function]
    return calls.count("record") + sum(records(node, known, (*seen, node.name)) for node in inner)


def test_every_action_writes_one_audit_entry():
    silent = [dotted for dotted, node, known in verbs() if records(node, known) == 0 and dotted not in EXEMPT]
    assert silent == []


def test_every_exemption_is_still_needed():
    found = {dotted: records(node, known) for dotted, node, known in verbs()}
    assert [dotted for dotted in EXEMPT if found.get(dotted) != 0] == []


def test_actions_take_keywords_only():
    positional = [name for name, node, _known in verbs() if node.args.args and name not in EXEMPT]
    assert positional == []
