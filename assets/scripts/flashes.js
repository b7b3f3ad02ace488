// [data-dismissible]: a message that can be closed.

for (const message of document.querySelectorAll("[data-dismissible]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-close";
  button.ariaLabel = "Close";
  button.addEventListener("click", () => message.remove());
  message.append(button);
}
