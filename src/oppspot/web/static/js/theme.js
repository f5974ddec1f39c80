// Switches the theme at once and remembers it twice, the same way: here, because a request could be overtaken by the very next
// page, and by the form behind it, because some browsers keep what scripts write for a week only.
const YEAR = 365 * 24 * 60 * 60;

function remember(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `oppspot_theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

export function watchTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-switch]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    document.documentElement.dataset.bsTheme = theme;
    document.querySelector("meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
    for (const button of document.querySelectorAll("[data-theme-switch] button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    remember(theme);
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)), redirect: "manual", keepalive: true });
  });
}
