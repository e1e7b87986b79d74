import { useEffect, useState } from "preact/hooks";

/** @type {readonly ("system" | "light" | "dark")[]} */
const themes = ["system", "light", "dark"];

/** @type {Readonly<Record<"theme" | "system" | "light" | "dark", string>>} */
const inEnglish = { theme: "Theme", system: "system", light: "light", dark: "dark" };

/**
 * Lets the reader choose between light, dark and what the system says.
 *
 * @param {{ words?: Readonly<Record<"theme" | "system" | "light" | "dark", string>> }} props
 */
export function ThemeButton({ words = inEnglish }) {
  const [theme, setTheme] = useState(themes[0]);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length];
  return (
    <button type="button" class="theme" onClick={() => setTheme(next)}>
      {words.theme}: {words[theme]}
    </button>
  );
}
