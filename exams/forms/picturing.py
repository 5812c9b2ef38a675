"""The pictures of an item in its form: chosen from the library, each with a description, placed by `[图1]`."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from exams import actions
from exams.importers import marks
from exams.models import ItemVersion, Picture

SPARE, MOST = 2, 12
Row = dict[str, Any]


class PictureRows:
    """Mix-in of a form: a chooser and a description per picture, two more than there are."""

    fields: dict[str, forms.Field]
    initial: dict[str, Any]
    changed_data: list[str]
    add_error: Any

    def add_pictures(self, version: ItemVersion | None) -> None:
        """Make the fields; `version` says what is there."""
        self.had: dict[int, Row] = {row["n"]: row for row in (version.content.get("pictures", []) if version else [])}
        ids = [row["id"] for row in self.had.values()]
        self.library = dict(Picture.objects.filter(public_id__in=ids).values_list("public_id", "image_id"))
        for n in range(1, min(max(self.had, default=0) + SPARE, MOST) + 1):
            self.fields[f"picture{n}"] = forms.ModelChoiceField(
                queryset=get_image_model()._default_manager.all(),
                required=False,
                label=_("Picture %(n)s, placed by [图%(n)s]") % {"n": n},
                widget=AdminImageChooser(),
            )
            self.fields[f"alt{n}"] = forms.CharField(
                required=False,
                max_length=300,
                label=_("What picture %(n)s shows") % {"n": n},
                help_text=_("Read out to whoever cannot see it. It must not say which answer is right."),
            )
            if n in self.had:
                self.initial[f"picture{n}"] = self.library.get(self.had[n]["id"])
                self.initial[f"alt{n}"] = self.had[n]["alt"]

    def clean_pictures(self, data: dict[str, Any]) -> None:
        """Each picture has a description, and each mark in a text has a picture."""
        self.rows: list[tuple[int, str, Any]] = []
        for n in range(1, MOST + 1):
            image, alt = data.get(f"picture{n}"), (data.get(f"alt{n}") or "").strip()
            gone = n in self.had and self.library.get(self.had[n]["id"]) is None
            if image is None and not (gone and alt):
                continue
            if not alt:
                self.add_error(f"alt{n}", _("Say what the picture shows."))
            self.rows.append((n, alt, image))
        built = data.get("built")
        if built is None or "stem" not in data:
            return
        here = {n for n, _alt, _image in self.rows}
        texts = marks.texts(data["stem"], built.content)
        missing = sorted({n for text in texts for n in marks.numbers(text)} - here)
        if missing:
            self.add_error("stem", _("There is no picture %(n)s.") % {"n": missing[0]})

    @property
    def pictures_changed(self) -> bool:
        """True if the wording has to be stored anew for them."""
        return any(name.startswith(("picture", "alt")) for name in self.changed_data)

    def store_pictures(self, by: AbstractBaseUser) -> list[Row]:
        """What the content says of the pictures; images that are new are copied. Raises ItemRefused."""
        stored = []
        for n, alt, image in self.rows:
            old = self.had.get(n)
            if old and (image is None or self.library.get(old["id"]) == image.pk):
                stored.append(old | {"alt": alt})
                continue
            taken = actions.take_picture(by=by, image=image)
            row = {"n": n, "id": taken.public_id, "alt": alt, "width": taken.width, "height": taken.height}
            stored.append(row)
        return stored
