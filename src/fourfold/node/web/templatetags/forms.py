"""What every form carries that is sent by POST, under the tag by which Django's own templates ask for it.

A form cannot be without the tag, as it would be refused; so none can be without a one-time key.
"""

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import SafeString, format_html

from fourfold.node.web.form_keys import FIELD, account_of, new_key

register = template.Library()


class FormNode(CsrfTokenNode):
    """The token against forged requests, and the one-time key."""

    def render(self, context: Context) -> SafeString:
        """Two hidden fields."""
        request = context.get("request")
        token = super().render(context)
        if not token or request is None or not (account_of(request) or settings.NODE.is_open):
            return token  # whoever is not signed in can only do that
        return token + format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key(request))


@register.tag("csrf_token")
def csrf_token(_parser: object, _token: object) -> FormNode:
    """In place of Django's own."""
    return FormNode()
