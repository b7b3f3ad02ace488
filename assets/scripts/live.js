// [data-live="address"][id]: a part of the page that is fetched again whenever that address says "changed".
// A page that nobody looks at listens to nothing, since a browser keeps few connections to one host.

for (const { id, dataset } of document.querySelectorAll("[data-live][id]")) {
  const changed = oneAtATime(() => refresh(id));
  let events;
  const follow = () => {
    events?.close();
    if (document.hidden) return;
    events = new EventSource(dataset.live);
    events.addEventListener("open", changed); // what happened while nobody listened
    events.addEventListener("changed", changed);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

async function refresh(id) {
  const response = await fetch(location.href);
  if (!response.ok || response.redirected) return; // somebody has logged out meanwhile
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(id);
  if (fresh) document.getElementById(id)?.replaceWith(fresh);
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
