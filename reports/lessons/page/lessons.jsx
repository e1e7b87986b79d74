import { useEffect, useMemo, useState } from "preact/hooks";
import { ThemeButton } from "../../html/page/theme.jsx";
import { LANGUAGES } from "../language.ts";
import { speaker } from "../words.ts";
import { LessonView } from "./lesson.jsx";

/** @type {Readonly<Record<import("../language.ts").Language, string>>} */
const names = { en: "English", zh: "中文" };

/**
 * The page: a list of the lessons if there are several, and the one that the address names.
 *
 * @param {{ data: import("../page-data.ts").LessonsPageData }} props
 */
export function Lessons({ data }) {
  const [language, setLanguage] = useState(data.language);
  const [name, setName] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const say = useMemo(() => speaker(language), [language]);
  useEffect(() => {
    const follow = () => {
      setName(decodeURIComponent(location.hash.slice(1)));
      scrollTo(0, 0);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const { lessons } = data;
  const index = Math.max(
    0,
    lessons.findIndex((lesson) => lesson.name === name),
  );
  const lesson = lessons[index];
  if (lesson === undefined) return <main class="page" />;
  return (
    <div class="page lessons">
      <header class="top">
        <p class="brand">forkcheck</p>
        <div class="choices-of-page">
          {LANGUAGES.map((other) => (
            <button
              type="button"
              key={other}
              lang={other}
              aria-pressed={other === language}
              onClick={() => setLanguage(other)}
            >
              {names[other]}
            </button>
          ))}
          <ThemeButton words={{ theme: say("theme"), system: say("system"), light: say("light"), dark: say("dark") }} />
        </div>
      </header>
      {lessons.length > 1 && (
        <nav aria-label={say("lessons")}>
          <ol class="contents">
            {lessons.map((other) => (
              <li key={other.name}>
                <a href={`#${other.name}`} aria-current={other === lesson ? "page" : undefined}>
                  {other.title[language]}
                </a>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <main>
        {lessons.length > 1 && <p class="quiet">{say("lesson", index + 1, lessons.length)}</p>}
        <LessonView key={lesson.name} lesson={lesson} language={language} say={say} />
        <p class="onward">
          {index > 0 && <a href={`#${lessons[index - 1].name}`}>← {say("previous")}</a>}
          {index < lessons.length - 1 && (
            <a href={`#${lessons[index + 1].name}`}>
              {say("next")}: {lessons[index + 1].title[language]} →
            </a>
          )}
        </p>
      </main>
    </div>
  );
}
