// [data-themes="name of a cookie"]: a select that turns the page light or dark. The server reads the cookie, so that the
// next page comes in the right colours from its first byte on.

const YEAR = 365 * 24 * 60 * 60;

for (const themes of document.querySelectorAll("[data-themes]")) {
  const select = themes.querySelector("select");
  const root = document.documentElement;
  select.value = root.dataset.bsTheme ?? "system";
  select.addEventListener("change", () => {
    const theme = select.value;
    if (theme === "system") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${themes.dataset.themes}=${theme}; path=/; max-age=${theme === "system" ? 0 : YEAR}; samesite=lax${secure}`;
  });
  themes.hidden = false;
}
