/** By what a score is told apart. */
export type ScoreBy = "all" | "lead" | "sensor" | "hour";

/** Places of the groups that a forecast value counts in, within arrays of sums: all, leads, sensors, hours. */
export interface ScoreGroups {
  readonly count: number;
  readonly ofLead: (lead: number) => number;
  readonly ofSensor: (sensor: number) => number;
  readonly ofHour: (hour: number) => number;
  /** What a group is, by its place; the key of a lead is in steps from 1, that of an hour 0 to 23. */
  readonly describe: (group: number) => { readonly by: ScoreBy; readonly key: string };
}

export const HOURS = 24;

/**
 * @param sensors their names
 *
 * @example
 * scoreGroups(6, ["bridge", "market"]).describe(8); // => { by: "sensor", key: "market" }
 */
export const scoreGroups = (horizonSteps: number, sensors: readonly string[]): ScoreGroups => {
  const firstSensor = 1 + horizonSteps;
  const firstHour = firstSensor + sensors.length;
  return {
    count: firstHour + HOURS,
    ofLead: (lead) => lead,
    ofSensor: (sensor) => firstSensor + sensor,
    ofHour: (hour) => firstHour + hour,
    describe: (group) =>
      group === 0
        ? { by: "all", key: "" }
        : group < firstSensor
          ? { by: "lead", key: String(group) }
          : group < firstHour
            ? { by: "sensor", key: sensors[group - firstSensor]! }
            : { by: "hour", key: String(group - firstHour) },
  };
};
