/** Which step of which result a page shows: the part of its address behind the '#'. A link to a step is such an address. */
export interface Place {
  readonly scenario: string | null;
  readonly step: number | null;
}

export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const step = fields.get("step");
  return { scenario: fields.get("scenario"), step: step !== null && /^\d{1,9}$/.test(step) ? Number(step) : null };
}

export function writePlace({ scenario, step }: Place): string {
  const fields = new URLSearchParams();
  if (scenario !== null) fields.set("scenario", scenario);
  if (step !== null) fields.set("step", String(step));
  return `#${fields.toString()}`;
}
