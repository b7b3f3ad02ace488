// [data-themes="name of a cookie"]: buttons that turn the page light or dark. The server reads the cookie, so that the
// next page comes in the right colours from its first byte on.

const YEAR = 365 * 24 * 60 * 60;

for (const themes of document.querySelectorAll("[data-themes]")) {
  const buttons = themes.querySelectorAll("button");
  const root = document.documentElement;
  themes.addEventListener("click", ({ target }) => {
    const theme = target.closest("button")?.value;
    if (!theme) return;
    if (theme === "system") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = theme;
    for (const button of buttons) button.ariaPressed = button.value === theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${themes.dataset.themes}=${theme}; path=/; max-age=${theme === "system" ? 0 : YEAR}; samesite=lax${secure}`;
  });
}
