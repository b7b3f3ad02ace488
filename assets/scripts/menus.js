// .dropdown: a menu that is open closes by Escape, and when somebody goes elsewhere.

document.addEventListener("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest(".dropdown[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    for (const menu of document.querySelectorAll(".dropdown[open]")) menu.open = menu.contains(target);
  });
}

// On a phone, the menu of an area is a strip: it shows where one is.
document.querySelector(".sidebar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
