"""ASGI entry point, for servers that speak it; the portal itself needs only WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")

application = get_asgi_application()
