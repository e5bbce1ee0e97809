from typing import Any

from django.apps import AppConfig, apps


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = "The working copy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The admin's site is made when it is first used; it is to be ours."""
        admin: Any = apps.get_app_config("admin")
        admin.default_site = "content.site.StaffSite"
