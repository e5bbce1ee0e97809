"""The questions: formtools' named-URL wizard on a guide that can change.

formtools brings the steps, their conditions and the storage; each override here says why it is one.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.datastructures import MultiValueDict
from formtools.wizard.storage.base import BaseStorage
from formtools.wizard.views import NamedUrlWizardView

from triage.engine.parts import Answers
from triage.forms import PageForm
from triage.journey import EMERGENCY, Journey
from triage.pages import JourneyView


class JourneyStorage(BaseStorage):
    """Keeps each step's answers in the person's journey, which the answers cookie carries."""

    def __init__(self, prefix: str, request: HttpRequest, file_storage: object = None) -> None:
        super().__init__(prefix, request, file_storage)
        self.init_data()
        self.journey: Journey = request.journey  # type: ignore[attr-defined]

    def get_step_data(self, step: str) -> MultiValueDict[str, str] | None:
        """What was sent and is still wrong, among what counts. Else a page that is opened again shows the
        answers as its initial values, and no raw form is kept."""
        questions = {question.slug for question in self.journey.questions.get(step, ())}
        if questions.isdisjoint(self.journey.wrong):
            return None
        sent = {**self.journey.answers, **self.journey.wrong}
        return MultiValueDict({slug: list(chosen) for slug, chosen in sent.items()})

    def set_step_data(self, step: str, cleaned_data: Answers) -> None:
        self.journey.answer(cleaned_data)


class CheckWizard(JourneyView, NamedUrlWizardView):
    """One step for each page that asks something."""

    storage_name = "triage.wizard.JourneyStorage"

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        """The steps are the pages on which this person is asked something: rebound here, for formtools shares
        its own list between all requests."""
        super().setup(request, *args, **kwargs)
        self.form_list = dict.fromkeys(self.journey.questions, PageForm)

    def get(self, *args: object, step: str | None = None, **kwargs: object) -> HttpResponse:
        """A page can be opened when something of it was sent or it is due; else lead to what is.

        The bare address never opens somebody else's outcome: it asks whether to continue or to start again.
        Nor does it meet anybody with an error for what was left empty.
        """
        if step is None:
            self.journey.leave_empty()
            if self.journey.answers:
                return self.show("resume.html", due=self.site.due(self.journey))
        if not self.journey.is_open(step):
            return self.lead_on("first" if step else "")
        self.storage.current_step = step
        return super().get(*args, step=step, **kwargs)

    def post(self, *args: object, step: str | None = None, **kwargs: object) -> HttpResponse:
        """What is sent counts for the page in its address. Stock takes the step from a hidden field, and one
        that names another page (two tabs) would put the answers there.

        What is sent for a page that is not open yet (two tabs, a cookie too old) is looked at again there.
        Where all was cleared it may be somebody else's, and is left out.
        """
        if step not in self.form_list or self.request.POST.get(f"{self.prefix}-current_step") != step:
            return self.lead_on("first")
        self.storage.current_step = step
        if not self.journey.is_open(step):
            if self.journey.answers or self.journey.notice:
                self.journey.put_aside(self.get_form(data=self.request.POST).sent())
            return self.lead_on("first")
        before = self.get_prev_step()
        if before and "back" in self.request.POST:
            form = self.get_form(data=self.request.POST)
            form.full_clean()
            was_due = self.journey.due
            counts = form.cleaned_data if self.journey.is_answered(step) else {}  # else once they Continue
            self.journey.answer(counts)
            answers = self.journey.answers
            wrong = {q: sent for q, sent in form.sent().items() if q not in counts and (sent or q in answers)}
            self.journey.put_aside(wrong)
            if self.journey.due == EMERGENCY != was_due:
                return self.lead_on()
            return HttpResponseRedirect(self.get_step_url(before))
        return super().post(*args, step=step, **kwargs)

    def process_step(self, form: PageForm) -> Answers:
        """Stock would keep the raw form, its CSRF token and all."""
        return form.cleaned_data

    def get_form_kwargs(self, step: str | None = None) -> dict[str, object]:
        return {"questions": self.journey.questions.get(step or "", ())}

    def get_form_initial(self, step: str) -> Answers:
        return self.journey.answers

    def get_step_url(self, step: str) -> str:
        """The preview has the same steps under an address of its own."""
        return self.site.urls.step(step)

    def render(self, form: PageForm | None = None, **kwargs: object) -> HttpResponse:
        """In the public's template. What was sent and is wrong is shown after a redirect: no browser can
        show the answer to a POST again that it must not store."""
        form = form or self.get_form()
        if self.request.method == "POST":
            self.journey.put_aside(form.sent())
            return HttpResponseRedirect(self.get_step_url(self.steps.current))
        guide = self.journey.release.guide
        return self.show(
            "question.html",
            form=form,
            step_field=f"{self.prefix}-current_step",
            page=next(page for page in guide.pages if page.slug == self.steps.current),
            before=self.get_prev_step(),
        )

    def render_next_step(self, form: PageForm, **kwargs: object) -> HttpResponse:
        """The one rule of the route says where to, not the order of the pages alone. The results are a page
        of their own, which survives a reload; stock empties its storage once they are rendered."""
        return self.lead_on()

    render_done = render_next_step
