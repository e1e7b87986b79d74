/**
 * The request was wrong: an unknown scenario, a bad option, a damaged file. It says what happened and to which thing of
 * the user's, and what to do now. The command line ends with status 2.
 */
export class RequestError extends Error {
  readonly advice: string;

  constructor(what: string, advice: string) {
    super(what.endsWith("\n") ? `${what}${advice}` : `${what} ${advice}`);
    this.name = "RequestError";
    this.advice = advice;
  }
}
