"""Every address of the public site; the admin has its own."""

from django.contrib import admin
from django.urls import path

from triage import health
from triage.views import questionnaire

urlpatterns = [
    *questionnaire.patterns(),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path(".well-known/security.txt", health.security_txt),
    path("admin/", admin.site.urls),
]

handler400 = "triage.views.bad_request"
handler403 = "triage.views.forbidden"
handler404 = "triage.views.not_found"
handler500 = "triage.views.server_error"
