// [data-password-check="id"]: how strong the password in that input is. The form waits until it is as strong as
// data-level asks for; what is too weak for good, the server says.

import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs } from "@zxcvbn-ts/language-common";
import passwords from "@zxcvbn-ts/language-common/dist/passwords.json.mjs";
import firstnames from "@zxcvbn-ts/language-en/dist/firstnames.json.mjs";
import wikipedia from "@zxcvbn-ts/language-en/dist/wikipedia.json.mjs";
import sequences from "@zxcvbn-ts/language-en/dist/wordSequences.json.mjs";

// Named one by one: all that there are would weigh twice as much.
const dictionary = {
  ...sequences,
  "passwords-common": passwords,
  "firstnames-en": firstnames,
  "wikipedia-en": wikipedia,
};
let estimator;

for (const check of document.querySelectorAll("[data-password-check]")) {
  const input = document.getElementById(check.dataset.passwordCheck);
  if (input) watch(input, check);
}

function watch(input, check) {
  const words = check.dataset.words.split(",");
  const meter = check.querySelector("meter");
  const word = check.querySelector("[data-word]");
  const others = [...input.form.querySelectorAll("input[type=text], input[type=email]")];
  input.closest(".field").append(check);
  input.addEventListener("input", show);
  show();

  function show() {
    const score = input.value ? strength(input.value, others) : 0;
    check.hidden = !input.value;
    meter.value = score;
    if (word.textContent !== words[score]) word.textContent = words[score];
    for (const button of input.form.querySelectorAll("[type=submit]")) {
      button.disabled = score < Number(check.dataset.level);
    }
  }
}

// A name or an address of one's own makes a weak password.
function strength(password, others) {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const known = others.map(({ value }) => value).filter(Boolean);
  return estimator.check(password, known).score;
}
