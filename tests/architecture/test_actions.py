"""Every action leaves exactly one entry in the audit log, or says here why it does not."""

import ast

from tests.architecture.sources import python_sources

# "app.actions.verb": the reason why its entry is written elsewhere or why there is none.
EXEMPT = {
    "foundation.audit.actions.record": "it is the log itself",
    "foundation.audit.actions.seal": "it makes the chain of the log",
    "foundation.jobs.actions.enqueue": "the action that queues the work has the entry",
    "foundation.jobs.actions.nudge": "it writes nothing",
    "foundation.jobs.actions.prune_jobs": "no business fact: finished work is forgotten after some days",
    "notifications.actions.log_delivery": "the delivery log is its own record",
    "notifications.actions.mark_all_read": "no business fact",
    "notifications.actions.mark_read": "no business fact",
    "notifications.actions.notify": "the action that tells somebody has the entry",
    "notifications.actions.notify_all": "the action that tells them has the entry",
    "pledges.actions.signing.next_code": "a part of signing, which has the entry",
    "pledges.actions.signing.store_letter": "a part of signing, which has the entry",
    "pledges.actions.signing.unit_line": "a part of signing that writes nothing",
    "programmes.actions.complete_steps": "the fact that proves the completion has the entry",
    "programmes.actions.revoke_step": "the fact that revokes the completion has the entry",
}


def verbs():
    """(dotted name, function, all functions of its package by name) for every public function in actions."""
    modules = [(name.removesuffix(".py").replace("/", "."), tree) for name, _text, tree in python_sources(tests=False)]
    for dotted, tree in modules:
        if "actions" not in dotted.split("."):
            continue
        known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in known.values():
            if not node.name.startswith("_") and not is_context_manager(node):
                yield dotted.replace(".__init__", "") + "." + node.name, node, known


def is_context_manager(function):
    return any("contextmanager" in ast.unparse(decorator) for decorator in function.decorator_list)


def called(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def records(function, known, seen=()):
    """How often `record(...)` stands in the function and in the private functions of its module that it calls."""
    calls = list(called(function))
    inner = [known[name] for name in calls if name in known and name.startswith("_") and name not in seen]
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
