/** A regression file that cannot be read, or not be added to. The file has not been changed. */
export class RegressionFileError extends Error {
  readonly file: string;
  /** From 1; null if the whole file is meant. */
  readonly line: number | null;

  constructor(file: string, line: number | null, what: string, help: string) {
    super(`Regression file ${file}${line === null ? "" : `, line ${line}`}: ${what}. ${help}`);
    this.name = "RegressionFileError";
    this.file = file;
    this.line = line;
  }
}
