import type { Model } from "../model.ts";
import { sameValue } from "../values.ts";
import { type Vocabulary, roleOf } from "../vocabulary.ts";

const MAP_NAMES: Vocabulary<"get" | "put" | "append" | "delete" | "cas"> = {
  get: ["get", "read"],
  put: ["put", "set", "write"],
  append: ["append"],
  delete: ["delete", "remove"],
  cas: ["cas", "compareAndSet"],
};

/**
 * A map: `get(key)`, `put(key, value)`, `append(key, text)`, `delete(key)`, `cas(key, expected, next)`. A key that is not
 * there reads as `absent` (default: null). Its keys are independent of each other, and are checked one by one.
 */
export function keyValueMapModel(options: { readonly absent?: unknown } = {}): Model<MapState> {
  const absent = options.absent ?? null;
  return {
    name: "key-value-map",
    init: {},
    step(map, { operation, args }) {
      const key = String(args[0]);
      const value = key in map ? map[key] : absent;
      switch (roleOf("key-value-map", MAP_NAMES, operation)) {
        case "get":
          return [{ state: map, result: value }];
        case "put":
          return [{ state: { ...map, [key]: args[1] } }];
        case "append":
          return [{ state: { ...map, [key]: `${textOf(value)}${textOf(args[1])}` } }];
        case "delete": {
          const { [key]: _, ...rest } = map;
          return [{ state: rest }];
        }
        case "cas":
          return sameValue(value, args[1])
            ? [{ state: { ...map, [key]: args[2] }, accepts: (result) => result !== false }]
            : [{ state: map, result: false }];
      }
    },
    observes({ operation, args }, { outcome, result }) {
      const role = roleOf("key-value-map", MAP_NAMES, operation);
      if (role === "cas") return (outcome === "returned" && result === false) || sameValue(args[1], args[2]);
      return role === "get";
    },
    partition: ({ args }) => String(args[0]),
  };
}

export type MapState = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
