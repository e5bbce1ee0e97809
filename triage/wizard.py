"""The way through the questions: formtools' named-URL wizard on a guide that can change.

formtools brings the steps, their conditions and the storage; each override here says why it is one.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from formtools.wizard.storage.base import BaseStorage
from formtools.wizard.views import NamedUrlWizardView

from triage.forms import PageForm, fields_of
from triage.journey import Journey
from triage.releases import PublishedGuide


class JourneyStorage(BaseStorage):
    """Keeps each step's answers in the person's journey, which the answers cookie carries."""

    def __init__(self, prefix: str, request: HttpRequest, file_storage: Any = None) -> None:
        super().__init__(prefix, request, file_storage)
        self.init_data()
        self.journey: Journey = request.journey  # type: ignore[attr-defined]

    def get_step_data(self, step: str) -> MultiValueDict[str, str]:
        return MultiValueDict({slug: list(chosen) for slug, chosen in self.journey.answers.items()})

    def set_step_data(self, step: str, cleaned_data: dict[str, tuple[str, ...]]) -> None:
        self.journey.answer(cleaned_data)


class CheckWizard(NamedUrlWizardView):
    """One step per page of the guide. A step whose page has nothing to ask is left out."""

    storage_name = "triage.wizard.JourneyStorage"
    questionnaire: Any = None
    fields: Any = None

    @classmethod
    def for_release(cls, release: PublishedGuide, questionnaire: Any) -> Any:
        """A view of its own per release: formtools' list of forms is shared by every request."""
        pages = [page.slug for page in release.guide.pages]
        return cls.as_view(
            form_list=[(slug, PageForm) for slug in pages],
            condition_dict={slug: _has_questions(slug) for slug in pages},
            url_name="step",
            questionnaire=questionnaire,
            fields=fields_of(release.guide),
        )

    @property
    def journey(self) -> Journey:
        return self.storage.journey

    def get(self, request: HttpRequest, *args: Any, step: str | None = None, **kwargs: Any) -> HttpResponse:
        """Formtools would reset, or jump to the step it remembers; here the answers alone decide."""
        due = self.questionnaire.due(self.journey)
        if step is None:
            return self.questionnaire.redirect(self.journey, due, "resumed" if self.journey.answers else "")
        if due != self.get_step_url(step) and not self.journey.is_answered(step):
            return self.questionnaire.redirect(self.journey, due, "first")
        self.storage.current_step = step
        return self.questionnaire.show(request, self.journey, step, self._back())

    def post(self, *args: Any, step: str | None = None, **kwargs: Any) -> HttpResponse:
        """A POST counts for the page in its URL; formtools takes the step from a hidden field."""
        if step not in self.get_form_list():
            return self.questionnaire.redirect(self.journey, self.questionnaire.due(self.journey), "first")
        self.storage.current_step = step
        form = self.get_form(step, data=self.request.POST)
        if not form.is_valid():
            return self.questionnaire.show(self.request, self.journey, step, self._back(), form)
        self.storage.set_step_data(step, self.process_step(form))
        return self.questionnaire.redirect(self.journey, self.questionnaire.due(self.journey))

    def process_step(self, form: PageForm) -> dict[str, tuple[str, ...]]:
        """Formtools would keep the raw POST, its CSRF token and all."""
        return form.cleaned_data

    def get_form_kwargs(self, step: str | None = None) -> dict[str, Any]:
        return {"asked": self.journey.asked_on(step or ""), "fields": self.fields}

    def get_step_url(self, step: str) -> str:
        """The preview has the same steps under an address of its own."""
        return self.questionnaire.urls.step(step)

    def _back(self) -> str:
        """The page before this one; nothing on the first, where the name of the site leads to the start."""
        before = self.get_prev_step()
        return self.get_step_url(before) if before else ""


def _has_questions(page: str) -> Any:
    return lambda wizard: bool(wizard.journey.asked_on(page))
