// Asks before text that was typed is left unsaved.
let typed = false;
for (const event of ["input", "change"]) {
  document.addEventListener(event, (happened) => {
    if (happened.target.form?.method === "post") typed = true;
  });
}
document.addEventListener("submit", () => {
  typed = false;
});
addEventListener("beforeunload", (leaving) => {
  if (typed) leaving.preventDefault();
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
    if (!answer?.ok) return;
    const before = target.nextElementSibling;
    if (before?.matches(".reads")) before.remove();
    target.insertAdjacentHTML("afterend", await answer.text());
  }, 500);
});
