import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

// Builds the page's template: one HTML file with its style and script inside, into which a report's data is put later.
export default defineConfig({
  root: import.meta.dirname,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: {
    outDir: "../../../dist/reports/html",
    // The compiled modules of the reports lie there too.
    emptyOutDir: false,
    target: ["es2023", "chrome123", "firefox121", "safari17.5"],
    rolldownOptions: { input: "template.html" },
  },
});
