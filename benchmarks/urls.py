"""The project's addresses, and an empty page to measure against."""

from benchmarks.site import empty_page
from triage.urls import handler400, handler403, handler404, handler500
from triage.urls import urlpatterns as the_projects

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*the_projects, empty_page]
