import { useEffect, useState } from "preact/hooks";

/** @type {readonly ("system" | "light" | "dark")[]} */
const themes = ["system", "light", "dark"];

/** Lets the reader choose between light, dark and what the system says. */
export function ThemeButton() {
  const [theme, setTheme] = useState(themes[0]);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  return (
    <button type="button" class="theme" onClick={() => setTheme(next)}>
      Theme: {theme}
    </button>
  );
}
