// Asks before what was typed or chosen is left unsaved, be it by another form of the same page.
const typed = new Set();
const isChosen = (option) => option.selected !== option.defaultSelected;
const note = ({ target }) => {
  // The admin tells of a change as it starts, where nothing was chosen otherwise.
  const isSame = target.matches("select") && ![...target.options].some(isChosen);
  if (target.form?.method === "post" && !isSame) typed.add(target.form);
};
for (const event of ["input", "change"]) document.addEventListener(event, note);
// A choice among many tells jQuery alone.
addEventListener("load", () => window.django?.jQuery?.(document).on("change", note));
document.addEventListener("submit", ({ target }) => typed.delete(target));
addEventListener("beforeunload", (leaving) => {
  if (typed.size) leaving.preventDefault();
});

// Shows how a text reads while it is typed, as the screen does once it is saved.
let waiting;
document.addEventListener("input", ({ target }) => {
  if (!target.dataset.reads) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch(target.dataset.reads, {
      method: "POST",
      headers: { "X-CSRFToken": target.form.csrfmiddlewaretoken.value },
      body: new URLSearchParams({ text: target.value }),
    }).catch(() => null);
    const told = await answer?.text();
    if (!told?.startsWith('<div class="reads"')) return; // the session has ended, maybe
    const before = target.nextElementSibling;
    if (before?.matches(".reads")) before.remove();
    target.insertAdjacentHTML("afterend", told);
  }, 500);
});
