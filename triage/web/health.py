"""For whoever watches over the process: is it alive, is it ready, and whom to tell of a hole in it.

The first two need no host name, and never fail themselves.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from triage.releases import NoRelease, releases


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers. If it does not, start it anew."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """People can be served: a release is at hand. A database that is away is told, and no reason to stop.

    What is told of the database is what the last look for a release found, so that this answers at once.
    """
    try:
        release = releases.newest().number
    except NoRelease:
        release = None
    facts = {
        "ready": release is not None,
        "release": release,
        "database": releases.database_answers,
        "unreadable": sorted(releases.unreadable),
    }
    return JsonResponse(facts, status=200 if release is not None else 503)


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is the same for everybody; pages with answers say noindex themselves."""
    return HttpResponse("User-agent: *\nDisallow: /admin/\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116). It holds for a month from each reading."""
    contact = settings.SECURITY_CONTACT
    address = contact if ":" in contact else f"mailto:{contact}"
    until = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT00:00:00Z")
    lines = f"Contact: {address}\nExpires: {until}\nPreferred-Languages: en\n"
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")
