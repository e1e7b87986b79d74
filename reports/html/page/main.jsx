import { render } from "preact";
import { dataElementId, decodePageData } from "../page-data.ts";
import { App } from "./app.jsx";

const data = /** @type {import("../page-data.ts").PageData} */ (
  decodePageData(document.getElementById(dataElementId)?.textContent ?? '{"results":[]}')
);
const app = document.getElementById("app");
if (app !== null) render(<App data={data} />, app);
