"""The pages that staff have beside the lists. A view looks up, decides and shows."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from content import matrix as drawing
from content import preview as previews
from content import publishing, signatures, working_copy
from content.differences import Difference, differences
from content.figures import rates
from content.models import Evidence, Option
from content.review import CHECK_AGAIN_AFTER, Note, plain_blocks
from content.site import EDIT, PUBLISH, REVIEW
from content.things import Words, place_of
from triage.engine.file import dump
from triage.engine.guide import Guide, GuideError
from triage.engine.parts import Checked, Vignette
from triage.engine.weigh import assess
from triage.models import Release
from triage.releases import DamagedRelease, read
from triage.web.limits import GUIDE_FILE

SHOWN_CHANGES = 6
"""On the start page."""

NAVIGATION = (
    ("Edit", "index"),
    ("Preview", "preview"),
    ("Review", "review"),
    ("Releases", "releases"),
    ("To read and sign", "matrix"),
    ("Sign", "sign"),
)

View = Callable[..., HttpResponseBase]


def staff_page(request: HttpRequest, title: str, here: str = "", **more: Any) -> SimpleNamespace:
    """What every template of staff's own is given as `page`."""
    may = request.user.has_perm
    return SimpleNamespace(
        title=title,
        nav=[(text, reverse(f"admin:{name}"), "page" if name == here else "") for text, name in NAVIGATION],
        user=request.user,
        may_review=may(REVIEW),
        may_edit=may(EDIT),
        may_publish=may(PUBLISH),
        messages=messages.get_messages(request),
        **more,
    )


def needs_guide(view: View) -> View:
    """Where the working copy makes no guide, or a release cannot be read, show why instead."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (GuideError, DamagedRelease) as error:
            problems = _problems(error) if isinstance(error, GuideError) else [Note(str(error))]
            page = staff_page(request, "Not ready to be shown", problems=problems)
            return render(request, "content/problems.html", {"page": page}, status=HTTPStatus.CONFLICT)

    return shown


def _problems(error: GuideError) -> list[Note]:
    """Why the working copy makes no guide, in words, each with the thing to mend."""
    try:
        parts = SimpleNamespace(**working_copy.parts_of_it())
    except GuideError:
        return [Note(problem) for problem in error.problems]
    return [
        Note(sentence, thing) for thing, sentence in (place_of(problem, parts) for problem in error.problems)
    ]


# The start page.


def start_page(request: HttpRequest) -> SimpleNamespace:
    """What changed since the live release, and what blocks publishing as far as that is told at once."""
    page = staff_page(request, "", live=None, changes=(), more_changes=0, blocks=(), is_empty=False)
    if page.may_review:
        page.live = publishing.live()
        page.is_empty = working_copy.is_empty()
    if page.may_review and not page.is_empty:
        try:
            guide = working_copy.build()
            page.blocks = plain_blocks(guide)
            page.changes = differences(page.live.guide, guide) if page.live else ()
            page.more_changes = max(0, len(page.changes) - SHOWN_CHANGES)
        except GuideError as error:
            page.blocks = _problems(error)
    return page


# Preview, and from a thing to its place.


@needs_guide
def preview(request: HttpRequest, rest: str = "", number: int | None = None) -> HttpResponseBase:
    if number is not None:
        get_object_or_404(Release.objects.only("number"), pk=number)
    return previews.show(request, rest, number)


@require_safe
@needs_guide
def see(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """From a screen of the admin to where it stands on the page."""
    row = get_object_or_404(_model(kind), pk=pk)
    return previews.see(kind, getattr(row, "full_slug", None) or row.slug)


@require_safe
def edit(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    """From a thing of the guide to the screen where it is written."""
    if "\0" in slug:
        raise Http404
    if kind == "thresholds":
        return redirect("admin:content_thresholds_change", 1)
    if kind == "evidence":
        cause, _, place = slug.partition(" ")
        rows = list(Evidence.objects.filter(cause__slug=cause))
        if not place.isdecimal() or len(place) > 4 or int(place) >= len(rows):
            raise Http404
        return redirect("admin:content_evidence_change", rows[int(place)].pk)
    if kind == "option":
        question, _, slug = slug.partition(":")
        return redirect(
            "admin:content_option_change", get_object_or_404(Option, question__slug=question, slug=slug).pk
        )
    return redirect(f"admin:content_{kind}_change", get_object_or_404(_model(kind), slug=slug).pk)


def _model(kind: str) -> Any:
    try:
        model = apps.get_model("content", kind)
    except LookupError:
        raise Http404 from None
    if not hasattr(model, "slug"):
        raise Http404
    return model._default_manager


# Review and publish.


@require_safe
@needs_guide
def review(request: HttpRequest) -> HttpResponseBase:
    return _show_review(request)


@needs_guide
def publish(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":  # where a log-in leads back to, after a session that ended
        return redirect("admin:review")
    sent = request.POST
    try:
        release = publishing.publish(
            digest=sent.get("digest", ""),
            against=int(against) if (against := sent.get("against", "")).isdecimal() else None,
            note=sent.get("note", ""),
            reason=sent.get("reason", ""),
            for_safety="for_safety" in sent,
            user_name=request.user.get_username(),
        )
    except publishing.NotPublished as error:
        return _show_review(request, error=str(error), status=HTTPStatus.CONFLICT)
    messages.success(request, f"{release} is published. The public sees it within two seconds.")
    return redirect("admin:releases")


def _show_review(request: HttpRequest, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The review as it is now, with whatever was already typed."""
    seen = publishing.review_working_copy()
    page = staff_page(
        request,
        "Review before publishing",
        "review",
        review=seen,
        rates=rates(seen.figures.rates),
        laws_held=sum(not law.flaws for law in seen.laws),
        checked_at=timezone.localtime(),
        error=error,
        note=request.POST.get("note", ""),
        reason=request.POST.get("reason", ""),
        for_safety="for_safety" in request.POST,
    )
    return render(request, "content/review.html", {"page": page}, status=status)


@require_safe
@needs_guide
def matrix(request: HttpRequest) -> HttpResponseBase:
    number = request.GET.get("release", "")
    if number.isdecimal():
        guide, title = get_guide(int(number)), f"Release {number}"
    else:
        guide, title = working_copy.build(), "The working copy"
    page = staff_page(request, "The whole judgement", "matrix", matrix=drawing.matrix(guide, title))
    return render(request, "content/matrix.html", {"page": page})


# Signing.


@require_http_methods(["GET", "HEAD", "POST"])
@needs_guide
def sign(request: HttpRequest) -> HttpResponseBase:
    """What waits for a clinician, each as a sentence with its source and the stories that stand on it."""
    guide = working_copy.build()
    is_clinician = request.user.groups.filter(name=signatures.CLINICIAN).exists()
    if request.method == "POST":
        if not is_clinician:
            raise PermissionDenied
        chosen = request.POST.getlist("all" if "sign_all" in request.POST else "digest")
        user: Any = request.user
        by = user.get_full_name() or user.get_username()
        made, changed = signatures.sign(guide, chosen, by)
        messages.success(request, f"Signed as {by}: {made}.")
        if changed:
            messages.warning(request, f"Changed while you read, and not signed: {changed}.")
        return redirect(request.get_full_path())
    show, kind = request.GET.get("show", "unsigned"), request.GET.get("kind", "urgencyrule")
    every = [
        (digest, thing)
        for digest, thing in signatures.signable(guide).items()
        if thing.kind == kind and waits(thing.item, show)
    ]
    rows = Paginator(every, SIGNED_AT_ONCE).get_page(request.GET.get("page"))
    words, stand_on = Words(guide), stories_on(guide)
    told = [
        {
            "digest": digest,
            "thing": thing,
            "when": words.condition(thing.item.condition) if hasattr(thing.item, "condition") else "",
            "sources": [words.name("sources", slug) for slug in getattr(thing.item, "sources", ())],
            "facts": [fact for fact in guide.facts if fact.slug in getattr(thing.item, "facts", ())],
            "stories": stand_on.get(id(thing.item), []),
        }
        for digest, thing in rows
    ]
    kinds = [(name, label, name == kind) for name, label in SIGNABLE]
    page = staff_page(
        request,
        "Sign",
        "sign",
        rows=told,
        pages=rows,
        show=show,
        kind=kind,
        kinds=kinds,
        is_clinician=is_clinician,
    )
    return render(request, "content/sign.html", {"page": page})


SIGNED_AT_ONCE = 20
SIGNABLE = (
    ("urgencyrule", "Urgency rules"),
    ("option", "Emergency signs and options"),
    ("evidence", "Evidence"),
    ("cause", "Causes"),
    ("section", "Sections"),
)


def waits(item: Checked, show: str) -> bool:
    """Whether it is shown among what is unsigned, or signed longer ago than a year."""
    if show == "overdue":
        return bool(item.signed_on and item.signed_on < timezone.localdate() - CHECK_AGAIN_AFTER)
    return show != "unsigned" or not item.signed_by


def stories_on(guide: Guide) -> dict[int, list[Vignette]]:
    """By the identity of a rule or row: the stories in which it speaks."""
    found: dict[int, list[Vignette]] = {}
    for story in guide.vignettes:
        assessment = assess(guide, guide.carried(story.answers))
        rows = [row for finding in assessment.findings for row in (*finding.pro, *finding.contra)]
        for spoke in (*assessment.signs, *rows):
            found.setdefault(id(spoke), []).append(story)
    return found


# Releases.


@require_safe
def releases(request: HttpRequest) -> HttpResponseBase:
    rows = Paginator(Release.objects.defer("guide", "figures"), 10).get_page(request.GET.get("page"))
    known: dict[int, Any] = {
        row["number"]: row for row in Release.objects.values("number", "digest", "published_at")
    }
    told = [
        {
            "release": row,
            "live_until": known.get(row.number + 1, {}).get("published_at"),
            "changes": len(_between(before["digest"], row.digest)) if before else None,
        }
        for row in rows
        for before in [known.get(row.number - 1)]
    ]
    page = staff_page(request, "Releases", "releases", rows=told, pages=rows)
    return render(request, "content/releases.html", {"page": page})


@require_safe
@needs_guide
def release(request: HttpRequest, number: int) -> HttpResponseBase:
    return _show_release(request, number)


def _show_release(
    request: HttpRequest, number: int, error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """A release, compared with another one or with the working copy, and what can be done with it."""
    found = get_object_or_404(Release.objects.defer("guide"), pk=number)
    other = request.GET.get("with", "")
    against = int(other) if other.isdecimal() else number - 1
    page = staff_page(
        request,
        str(found),
        "releases",
        release=found,
        against="the working copy" if other == "working-copy" else f"release {against}" if against else "",
        changes=(),
        others=Release.objects.exclude(pk=number).values_list("number", flat=True)[:50],
        is_live=not Release.objects.filter(number__gt=number).exists(),
        error=error,
        note=request.POST.get("note", ""),
        reason=request.POST.get("reason", ""),
        for_safety="for_safety" in request.POST,
    )
    if other == "working-copy":
        page.changes = differences(get_guide(number), working_copy.build())
    elif against:
        page.changes = _between(get_object_or_404(Release, pk=against).digest, found.digest)
    return render(request, "content/release.html", {"page": page}, status=status)


@lru_cache(maxsize=64)
def _between(before: str, after: str) -> tuple[Difference, ...]:
    """What changed from one release to another, by their digests. Releases stay as they are: so does this."""
    was, now = (read(Release.objects.filter(digest=digest)[0]).guide for digest in (before, after))
    return differences(was, now)


def get_guide(number: int) -> Guide:
    try:
        return publishing.guide_of(number)
    except Release.DoesNotExist:
        raise Http404 from None


@needs_guide
def roll_back(request: HttpRequest, number: int) -> HttpResponseBase:
    get_guide(number)
    if request.method != "POST":
        return redirect("admin:release", number)
    try:
        newest = publishing.roll_back(
            number=number,
            note=request.POST.get("note", ""),
            reason=request.POST.get("reason", ""),
            by=request.user.get_username(),
            for_safety="for_safety" in request.POST,
        )
    except publishing.NotPublished as error:
        return _show_release(request, number, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"{newest} is published: the guide of release {number}.")
    return redirect("admin:releases")


@require_safe
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    return _file(get_object_or_404(Release, pk=number).guide, f"steady-release-{number}.json")


@require_safe
@needs_guide
def export(request: HttpRequest) -> HttpResponseBase:
    return _file(dump(working_copy.build()), "steady-working-copy.json")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


# What replaces the whole working copy.


@needs_guide
def put_back(request: HttpRequest, number: int) -> HttpResponseBase:
    get_guide(number)
    return _replace(
        request,
        f"Put release {number} back as the working copy",
        lambda discard: publishing.put_back(number=number, discard=discard),
    )


def import_guide(request: HttpRequest) -> HttpResponseBase:
    return _replace(
        request,
        "Import a guide as the working copy",
        lambda discard: publishing.import_guide(text=_uploaded(request), discard=discard),
        takes_file=True,
    )


def _uploaded(request: HttpRequest) -> str:
    file = request.FILES.get("guide")
    if file is None or (file.size or 0) > GUIDE_FILE:
        raise GuideError(["Choose a guide’s file, of 5 MB at most."])
    try:
        return file.read().decode()
    except UnicodeDecodeError:
        raise GuideError(["This file is no text."]) from None


def _replace(
    request: HttpRequest, title: str, replace: Callable[[bool], None], takes_file: bool = False
) -> HttpResponseBase:
    problems: Iterable[str] = ()
    if request.method == "POST":
        try:
            replace("discard" in request.POST)
        except publishing.WouldDiscard as error:
            problems = [str(error)]
        except GuideError as error:
            problems = error.problems
        else:
            messages.success(request, "This is now the working copy.")
            return HttpResponseRedirect(reverse("admin:index"))
    page = staff_page(request, title, problems=problems, takes_file=takes_file, lost=_lost())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, "content/replace.html", {"page": page}, status=status)


def _lost() -> list[str]:
    """What stands in no release, and would go with the working copy."""
    try:
        guide = working_copy.build()
    except GuideError:
        return [] if working_copy.is_empty() else ["The whole working copy, which makes no guide yet."]
    if not working_copy.is_unpublished(guide):
        return []
    live = publishing.live()
    return (
        [change.place for change in differences(live.guide, guide)] if live else ["The whole working copy."]
    )
