// In development: the page loads again once a template, a style or a script has been saved, or the server has restarted.
// A page that nobody looks at asks when somebody does, since a browser keeps few connections to one host.

const since = performance.timeOrigin / 1000;
let events;

function listen() {
  events?.close();
  if (document.hidden) return;
  events = new EventSource(`/dev/reload?since=${since}`);
  events.addEventListener("changed", () => location.reload());
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 500);
  });
}

document.addEventListener("visibilitychange", listen);
listen();
