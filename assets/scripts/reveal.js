// Every password can be shown while it is typed. It is hidden again before it is sent, else browsers would remember it
// among ordinary texts.

for (const input of document.querySelectorAll("input[type=password]")) {
  const field = document.createElement("span");
  const button = document.createElement("button");
  field.className = "reveal-field";
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  input.replaceWith(field);
  field.append(input, button);
  show(false);

  function show(visible) {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.ariaLabel = `${button.textContent} password`;
  }
}
