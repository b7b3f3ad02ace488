// a[data-dialog]: the page that it leads to asks something, in its [data-question], and asks it here in a dialog.
// A [data-cancel] in there closes it. Whatever is not as expected, the page itself is opened instead.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask(link.href).catch(() => location.assign(link.href));
});

async function ask(address) {
  const response = await fetch(address);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const question = !response.redirected && page.querySelector("[data-question]");
  for (const form of question.querySelectorAll("form")) form.action = new URL(form.getAttribute("action"), address);
  show(question);
}

function show(question) {
  const dialog = document.createElement("dialog");
  dialog.ariaLabel = question.querySelector("h1").textContent;
  dialog.setAttribute("closedby", "any");
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.append(question);
  document.body.append(dialog);
  dialog.showModal();
}
