/**
 * The part of EDN (github.com/edn-format/edn) that logs use: nil, booleans, numbers, strings, keywords and symbols,
 * vectors, lists, sets, maps, tagged values (the tag is dropped), comments. A keyword reads as its name without the colon,
 * a map as a Map with texts or numbers as keys.
 */
export class EdnReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Position of the next character, from 0. */
  get at(): number {
    return this.#at;
  }

  /** True if nothing but blanks and comments is left. */
  ended(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  /**
   * The next value.
   *
   * @throws {SyntaxError} where there is none.
   */
  read(): unknown {
    this.#skip();
    const first = this.#text[this.#at];
    switch (first) {
      case undefined:
        throw new SyntaxError("it ends in the middle of a value");
      case "{":
        return this.#map();
      case "[":
        return this.#many("]");
      case "(":
        return this.#many(")");
      case '"':
        return this.#string();
      case "#":
        return this.#dispatched();
      case "}":
      case "]":
      case ")":
        throw new SyntaxError(`there is a "${first}" too many`);
      default:
        return this.#atom();
    }
  }

  #skip(): void {
    for (;;) {
      while (this.#at < this.#text.length && /[\s,]/.test(this.#text[this.#at])) this.#at += 1;
      if (this.#text[this.#at] !== ";") return;
      while (this.#at < this.#text.length && this.#text[this.#at] !== "\n") this.#at += 1;
    }
  }

  #many(end: string): unknown[] {
    this.#at += 1;
    const items: unknown[] = [];
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] === end) {
        this.#at += 1;
        return items;
      }
      items.push(this.read());
    }
  }

  #map(): Map<string | number, unknown> {
    const items = this.#many("}");
    if (items.length % 2 === 1) throw new SyntaxError("a map has a key without a value");
    const map = new Map<string | number, unknown>();
    for (let at = 0; at < items.length; at += 2) {
      const key = items[at];
      if (typeof key !== "string" && typeof key !== "number") throw new SyntaxError("a map has a key that is no name");
      map.set(key, items[at + 1]);
    }
    return map;
  }

  #dispatched(): unknown {
    const next = this.#text[this.#at + 1];
    if (next === "{") {
      this.#at += 1;
      return this.#many("}");
    }
    if (next === "_") {
      this.#at += 2;
      this.read();
      return this.read();
    }
    this.#at += 1;
    this.#atom();
    return this.read();
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"')
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    if (this.#at >= this.#text.length) throw new SyntaxError("a string has no end");
    this.#at += 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at).replaceAll("\n", "\\n").replaceAll("\t", "\\t")) as string;
    } catch {
      throw new SyntaxError("a string has an escape that is not known");
    }
  }

  #atom(): unknown {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[\s,;"()[\]{}]/.test(this.#text[this.#at])) this.#at += 1;
    const word = this.#text.slice(start, this.#at);
    if (word === "") throw new SyntaxError(`there is an unexpected "${this.#text[start]}"`);
    if (word === "nil") return null;
    if (word === "true" || word === "false") return word === "true";
    if (/^[-+]?\d/.test(word)) {
      const number = Number(word.replace(/[NM]$/, ""));
      if (Number.isNaN(number)) throw new SyntaxError(`"${word}" is no number`);
      return number;
    }
    return word.startsWith(":") ? word.slice(1) : word;
  }
}
