export type Theme = "light" | "dark" | "system";

const stored = "sluice.theme";

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(stored);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** applyTheme colours the page. The system's choice is CSS's own. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(stored, theme);
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}
