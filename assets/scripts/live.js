// [data-live="address"][id]: a part of the page that is fetched again whenever that address says "changed".
// A page that nobody looks at listens to nothing, since a browser keeps few connections to one host.

for (const { id } of document.querySelectorAll("[data-live][id]")) {
  const refreshOneAtATime = oneAtATime(() => refresh(id));
  let events;
  const listen = () => {
    events?.close();
    if (document.hidden) return;
    events = new EventSource(document.getElementById(id).dataset.live);
    events.addEventListener("changed", refreshOneAtATime);
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}

async function refresh(id) {
  const response = await fetch(location.href);
  if (!response.ok || response.redirected) return; // somebody has logged out meanwhile
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(id);
  if (fresh) swap(document.getElementById(id), fresh);
}

// What somebody has ticked or chosen stays so, and they stay where they are.
function swap(old, fresh) {
  const controls = new Map([...fresh.querySelectorAll("a, input, select, button")].map((control) => [key(control), control]));
  for (const control of old.querySelectorAll("input[type=checkbox], select")) {
    const same = controls.get(key(control));
    if (same?.type === "checkbox") same.checked = control.checked;
    else if (same) same.value = control.value;
  }
  const focused = old.contains(document.activeElement) && controls.get(key(document.activeElement));
  old.replaceWith(fresh);
  if (focused) focused.focus();
}

function key({ tagName, href, form, name, value }) {
  return [tagName, href, form?.action, name, tagName === "SELECT" || value].join();
}

// However often it is called while it runs, it runs once more.
function oneAtATime(run) {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await run().catch(() => {}); // the next change tries again
    }
    running = false;
  };
}
