import { defineConfig } from "vite";
import reports from "../../html/page/vite.config.mjs";

// Builds the template of the lessons' page, as the one of the reports is built.
export default defineConfig({
  ...reports,
  root: import.meta.dirname,
  build: { ...reports.build, outDir: "../../../dist/reports/lessons" },
});
