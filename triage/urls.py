"""Every address of the public site; the admin has its own."""

from django.contrib import admin
from django.urls import path

from triage.views import patterns, public
from triage.web import health

urlpatterns = [
    *patterns(public),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path(".well-known/security.txt", health.security_txt),
    path("robots.txt", health.robots_txt),
    path("admin/", admin.site.urls),
]

handler400 = "triage.web.errors.bad_request"
handler403 = "triage.web.errors.forbidden"
handler404 = "triage.web.errors.not_found"
handler500 = "triage.web.errors.server_error"
