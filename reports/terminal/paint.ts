import { styleText } from "node:util";

/** The few styles that a report uses, each named after what it says and not after its colour. */
export type Style = "bad" | "good" | "doubt" | "name" | "out" | "in" | "quiet" | "said" | "return";

/** Puts a style on a text; with colour off it hands the text back. */
export type Paint = (style: Style, text: string) => string;

/** The caller decides whether there is colour: nothing here looks at the terminal or the environment. */
export function painter(colour: boolean): Paint {
  if (!colour) return (_style, text) => text;
  return (style, text) => (text === "" ? "" : styleText([...formats[style]], text, { validateStream: false }));
}

const formats = {
  bad: ["red", "bold"],
  good: ["green"],
  doubt: ["yellow"],
  name: ["bold"],
  out: ["cyan"],
  in: ["magenta"],
  quiet: ["dim"],
  said: ["blue"],
  return: ["bold"],
} as const;
