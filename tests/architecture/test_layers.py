"""What import-linter cannot see: foreign keys are strings."""

from django.apps import apps

from tests.architecture.sources import ROOT, app_layers, project

FLOOR = {
    app.strip(" ()").rsplit(".", 1)[-1]: -floor for floor, layer in enumerate(app_layers()) for app in layer.split("|")
}


def foreign_keys():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model and field.model is model:
                yield field, model._meta.app_label, field.related_model._meta.app_label


def test_foreign_keys_run_down_the_layers():
    upward = [
        str(field)
        for field, source, target in foreign_keys()
        if source != target and source in FLOOR and target in FLOOR and FLOOR[source] <= FLOOR[target]
    ]
    assert upward == []


def test_every_app_of_ours_stands_in_a_layer():
    ours = {config.label for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()}
    assert ours - set(FLOOR) == {"foundation", "wecom"}  # a provider inside accounts, which allauth wants as an app


def test_every_package_of_ours_is_watched_by_the_import_contracts():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages == set(project()["tool"]["importlinter"]["root_packages"])


def test_relations_to_another_app_leave_nothing_behind_on_its_models():
    named = [
        f"{field}: {field.remote_field.related_name}"
        for field, source, target in foreign_keys()
        if source in FLOOR
        and target in FLOOR
        and source != target
        and getattr(field, "remote_field", None) is not None
        and not getattr(field, "parent_link", False)
        and not field.remote_field.hidden
    ]
    assert named == []
