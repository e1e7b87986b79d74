/**
 * The properties of an object as they are between runs. Packages like to leave something in Node's own modules and in global objects,
 * where the next copy of them finds it.
 */
export class KeptProperties {
  readonly #owner: object;
  readonly #keys: ReadonlySet<PropertyKey>;
  readonly #values: readonly (readonly [PropertyKey, unknown])[];

  /** @param names of the properties whose values are kept, too; those of the others may change for good reasons */
  constructor(owner: object, names: readonly PropertyKey[] = []) {
    this.#owner = owner;
    this.#keys = new Set(Reflect.ownKeys(owner));
    this.#values = names.map((name) => [name, Reflect.get(owner, name)]);
  }

  putBack(): void {
    for (const [key, value] of this.#values) {
      if (Reflect.get(this.#owner, key) !== value) Reflect.set(this.#owner, key, value);
    }
    const keys = Reflect.ownKeys(this.#owner);
    if (keys.length === this.#keys.size) return;
    for (const key of keys) if (!this.#keys.has(key)) Reflect.deleteProperty(this.#owner, key);
  }
}
