"""Form rendering: every field through `templates/forms/`."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders fields with the label above, the error beside and the help below."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
