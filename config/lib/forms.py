"""Forms: every field rendered through `templates/forms/`; a form sent again with the version that stands now."""

from typing import Any

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders fields with the label above, the error beside and the help below."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


def at_version(data: Any, version: int, name: str = "version") -> Any:
    """A copy of what was posted, with the version that is saved now, so that the next sending goes through."""
    copy = data.copy()
    copy[name] = str(version)
    return copy
