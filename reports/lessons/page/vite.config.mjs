import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

// Builds the template of the lessons' page, as the one of the reports is built.
export default defineConfig({
  root: import.meta.dirname,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: {
    outDir: "../../../dist/reports/lessons",
    // The compiled modules lie there too.
    emptyOutDir: false,
    target: ["es2023", "chrome123", "firefox121", "safari17.5"],
    rolldownOptions: { input: "template.html" },
  },
});
