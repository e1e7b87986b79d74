/** How wide the terminal is, and whether it has colour. `NO_COLOR` and `FORCE_COLOR` overrule what it says of itself. */
export function terminalLayout(): { readonly colour: boolean; readonly columns: number } {
  return { colour: hasColour(), columns: process.stdout.columns ?? COLUMNS };
}

/** Where there is no terminal: what a log or a mail shows without breaking lines. */
const COLUMNS = 80;

function hasColour(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return process.stdout.isTTY && process.env.TERM !== "dumb";
}
