"""Every address of the public site; the admin has its own."""

from django.contrib import admin
from django.urls import path

from triage.views import questionnaire
from triage.web import health

urlpatterns = [
    *questionnaire.patterns(),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path(".well-known/security.txt", health.security_txt),
    path("robots.txt", health.robots_txt),
    path("admin/", admin.site.urls),
]

handler400 = "triage.errors.bad_request"
handler403 = "triage.errors.forbidden"
handler404 = "triage.errors.not_found"
handler500 = "triage.errors.server_error"
