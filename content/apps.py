from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = "The working copy"


class StaffConfig(AdminConfig):
    default = False
    default_site = "content.site.StaffSite"
