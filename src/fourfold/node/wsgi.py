"""The node as a WSGI application."""

from django.core.wsgi import get_wsgi_application

from fourfold.node.asking import with_whole_bodies

application = with_whole_bodies(get_wsgi_application())
