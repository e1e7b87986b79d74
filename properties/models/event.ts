import type { Model } from "../model.ts";
import { eventMonitor } from "../monitors/event.ts";
import { EVENT_NAMES, notFalse, roleOf } from "../vocabulary.ts";

/** A flag: `wait` waits until it is set; a wait that answers false ran out of time, which it may only while the flag is clear. */
export function eventModel(): Model<boolean> {
  return {
    name: "event",
    init: false,
    monitor: eventMonitor,
    step(on, { operation }) {
      switch (roleOf("event", EVENT_NAMES, operation)) {
        case "set":
          return [{ state: true }];
        case "clear":
          return [{ state: false }];
        case "isSet":
          return [{ state: on, result: on }];
        case "wait":
          return on ? [{ state: on, accepts: notFalse }] : [{ state: on, result: false, refuses: true }];
      }
    },
    show: (on) => (on ? "set" : "cleared"),
    observes({ operation }) {
      const role = roleOf("event", EVENT_NAMES, operation);
      return role === "isSet" || role === "wait";
    },
  };
}
