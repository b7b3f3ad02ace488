// In development: the page loads again when a template, a style or a script has been saved, and after a restart.

listen();

function listen() {
  const events = new EventSource("/dev/reload");
  let lost = false;
  events.addEventListener("changed", () => location.reload());
  events.addEventListener("open", () => lost && location.reload());
  events.addEventListener("error", () => {
    lost = true;
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 500);
  });
}
