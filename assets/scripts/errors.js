// Whoever sends a form that is refused goes on at the first thing that is wrong.

document.querySelector("main [aria-invalid=true]")?.focus();
