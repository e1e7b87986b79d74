export const LANGUAGES = ["en", "zh"] as const;

export type Language = (typeof LANGUAGES)[number];

/** The same in each language. */
export type Text = Readonly<Record<Language, string>>;
