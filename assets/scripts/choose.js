// [data-choose-all]: a box that ticks every other one of its form, or none.

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-choose-all]")) return;
  for (const box of target.form.querySelectorAll("input[type=checkbox]")) box.checked = target.checked;
});
