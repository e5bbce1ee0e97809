"""What the public meets. A view looks up, decides and shows; the judgement is the engine's."""

import json
from datetime import datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Alarm, Calendar, Event

from triage import fhir
from triage.engine.laws import LAWS
from triage.forms import PageForm
from triage.journey import EMERGENCY, RESULTS
from triage.pages import JourneyView, Site
from triage.releases import releases
from triage.results import Results
from triage.sheet import Sheet
from triage.web.jinja import READING, Urls, html, private
from triage.wizard import CheckWizard

LOOK_AGAIN = timedelta(weeks=2)


class ResultsView(JourneyView):
    """What can be had when every question is answered."""

    http_method_names = ["get", "head"]
    template = "results.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.outcome() if self.journey.due == RESULTS else self.lead_on("first")

    def outcome(self) -> HttpResponse:
        self.journey.changed = True  # who reads them is given two hours more
        results = Results(self.journey.release, self.journey.assessment)
        return self.show(self.template, results=results, sheet=Sheet(results), today=localdate())


class ResponseView(ResultsView):
    """The answers for other software, made in this request and kept nowhere."""

    def outcome(self) -> HttpResponse:
        release = self.journey.release
        asked = self.journey.assessment.asked  # an answer to what is not asked any more stays in the cookie
        answers = {question.slug: self.journey.answers[question.slug] for question in asked}
        found = fhir.response(release.guide, release.number, answers, now())
        headers = {"Content-Disposition": 'attachment; filename="steady-answers.json"'}
        return HttpResponse(json.dumps(found), content_type="application/fhir+json", headers=headers)


class EmergencyView(JourneyView):
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.journey.due != EMERGENCY:
            return self.lead_on()
        results = Results(self.journey.release, self.journey.assessment)
        return self.show("crisis.html" if results.is_crisis else "emergency.html", results=results)


def reading(site: Site, template: str, request: HttpRequest) -> HttpResponse:
    """A page that is the same for everybody."""
    return site.render(f"{template}.html", release=site.releases.newest(), laws=LAWS)


def reminder(site: Site, request: HttpRequest) -> HttpResponse:
    """A day for the calendar: the same for everybody, so it tells nothing of anybody."""
    day = localdate() + LOOK_AGAIN
    summary = html("reminder.txt", part="summary").strip()
    alarm = Alarm.new(description=summary)
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta())
    event = Event.new(
        summary=summary,
        description=html("reminder.txt", part="text").strip(),
        start=datetime.combine(day, time(9)),  # without a zone: at nine wherever the person is
        end=datetime.combine(day, time(9, 15)),
        stamp=now(),
        subcomponents=[alarm],
    )
    calendar = Calendar.new(subcomponents=[event])
    headers = {"Content-Disposition": 'attachment; filename="steady.ics"'}
    return private(
        HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)
    )


def clear(site: Site, request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        response = HttpResponseRedirect(site.urls.check if "afresh" in request.POST else site.urls.clear)
        response.headers["Clear-Site-Data"] = '"cache"'  # for a browser that keeps pages in spite of no-store
        response.delete_cookie(site.cookie_name, path=site.urls.prefix, samesite="Lax")
        return private(response)
    if request.COOKIES.get(site.cookie_name):
        return private(HttpResponseRedirect(site.urls.check))
    return private(site.render("cleared.html"))


def patterns(site: Site) -> list[URLPattern]:
    """URL patterns below `site.urls.prefix`."""
    check = CheckWizard.as_view(form_list=[PageForm], url_name="step", site=site)
    return [
        path("", require_safe(partial(reading, site, "start"))),
        path("check/", check),
        path("check/<slug:step>/", check),
        path("results/", ResultsView.as_view(site=site)),
        path("results/text/", ResultsView.as_view(site=site, template="answers.txt")),
        path("results/fhir.json", ResponseView.as_view(site=site)),
        path("reminder.ics", require_safe(partial(reminder, site))),
        path("emergency/", EmergencyView.as_view(site=site)),
        path("clear/", require_http_methods(["GET", "HEAD", "POST"])(partial(clear, site))),
        *(path(f"{name}/", require_safe(partial(reading, site, name))) for name in READING),
    ]


public = Site(urls=Urls(), cookie_name=settings.ANSWERS_COOKIE, releases=releases)
