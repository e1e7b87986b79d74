import { render } from "preact";
import { dataElementId } from "../../html/page-data.ts";
import { Lessons } from "./lessons.jsx";

/** @type {import("../page-data.ts").LessonsPageData} */
const data = JSON.parse(document.getElementById(dataElementId)?.textContent ?? '{"language":"en","lessons":[]}');
const app = document.getElementById("app");
if (app !== null) render(<Lessons data={data} />, app);
