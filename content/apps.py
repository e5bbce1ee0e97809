from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = "The working copy"


class StaffConfig(SimpleAdminConfig):
    """Our own lists and the accounts; no other app brings screens that nobody chose."""

    default = False
    default_site = "content.site.StaffSite"

    def ready(self) -> None:
        super().ready()
        import_module("content.admin")
