import { bindSpec } from "../../../src/stl/compile/bindSpec.ts";
import type { Site } from "../../../src/stl/compile/Site.ts";
import { parseSpec } from "../../../src/stl/language/parseSpec.ts";
import type { Spec } from "../../../src/stl/language/Spec.ts";
import type { DayTrace } from "../../../src/stl/learn/createInstanceJudge.ts";

const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;

/** Hourly readings of two channels in ug/m3. */
export const hourlySite = (sensors: readonly string[]): Site => ({
  sensors,
  channels: [
    { name: "x", unit: "ug/m3" },
    { name: "y", unit: "ug/m3" },
  ],
  stepMs: 3_600_000,
  zone: "UTC",
});

/** Rows are x of each sensor, then y of each; days of 24 steps from midnight on. */
export const hourlyTrace = (rows: readonly (readonly number[])[]): DayTrace => {
  const steps = rows[0]?.length ?? 0;
  return {
    values: Float64Array.from(rows.flat()),
    steps,
    clock: {
      minuteOfDay: Int16Array.from({ length: steps }, (_, k) => (k % HOURS_PER_DAY) * MINUTES_PER_HOUR),
      weekday: new Int8Array(steps).fill(1),
      dayNumber: Int32Array.from({ length: steps }, (_, k) => Math.floor(k / HOURS_PER_DAY)),
    },
    dayOf: Int32Array.from({ length: steps }, (_, k) => Math.floor(k / HOURS_PER_DAY)),
    days: Math.ceil(steps / HOURS_PER_DAY),
  };
};

/** A spec that has no error, alone and on its site. */
export const soundSpec = (text: string, site: Site): Spec => {
  const { problems, spec } = parseSpec(text, { source: "rules.stl" });
  const errors = [...problems, ...bindSpec(spec, site).problems].filter(
    ({ severity }) => severity === "error",
  );
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return spec;
};
