import { render } from "preact";
import { dataElementId, decodePageData } from "../../html/page-data.ts";
import { Lessons } from "./lessons.jsx";

const data = /** @type {import("../page-data.ts").LessonsPageData} */ (
  decodePageData(document.getElementById(dataElementId)?.textContent ?? '{"language":"en","lessons":[]}')
);
const app = document.getElementById("app");
if (app !== null) render(<Lessons data={data} />, app);
