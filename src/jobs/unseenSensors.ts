import type { YamlConflict } from "../ingest/decodeYaml.ts";
import { type Panel, seriesOf } from "../series/Panel.ts";
import { nearestName } from "../stl/language/nearestName.ts";

/** A sensor that training does not see. */
export interface UnseenSensor {
  /** Place among the sensors of the panel. */
  readonly place: number;
  readonly name: string;
  /** Held out by the pipeline, or without any reading of a target in the training span. */
  readonly reason: "held out" | "nothing read";
}

/** What is wrong with the sensors that a pipeline holds out; empty where nothing is. */
export const unseenConflicts = (names: readonly string[], panel: Panel): YamlConflict[] => {
  const conflicts = names.flatMap((name, index): YamlConflict[] => {
    const path = ["forecast", "unseen", index];
    if (names.indexOf(name) < index)
      return [{ path, message: `sensor ${name} stands twice in forecast.unseen` }];
    if (panel.sensors.includes(name)) return [];
    const nearest = nearestName(name, panel.sensors);
    const hint = nearest === undefined ? "take a name of the data" : `did you mean ${nearest}?`;
    return [{ path, message: `the data has no sensor ${name}; ${hint}` }];
  });
  return conflicts.length === 0 && names.length > 0 && names.length === panel.sensors.length
    ? [
        {
          path: ["forecast", "unseen"],
          message: "forecast.unseen names every sensor of the data; leave some to train on",
        },
      ]
    : conflicts;
};

/**
 * The sensors that training must not, or cannot, learn from: those that are held out, and those without any reading
 * of a target on the steps before `trainSteps`.
 *
 * @param targets how many of the panel's channels, from the first, are forecast
 */
export const unseenSensors = (
  panel: Panel,
  heldOut: readonly string[],
  targets: number,
  trainSteps: number,
): UnseenSensor[] =>
  panel.sensors.flatMap((name, place): UnseenSensor[] => {
    if (heldOut.includes(name)) return [{ place, name, reason: "held out" }];
    for (let target = 0; target < targets; target++) {
      const read = seriesOf(panel, target, place).subarray(0, trainSteps);
      if (!read.every(Number.isNaN)) return [];
    }
    return [{ place, name, reason: "nothing read" }];
  });

/** What a run says of its unseen sensors before it trains; nothing where there are none. */
export const describeUnseen = (unseen: readonly UnseenSensor[]): string[] => {
  const silent = unseen.filter(({ reason }) => reason === "nothing read").map(({ name }) => name);
  const heldOut = unseen.filter(({ reason }) => reason === "held out").map(({ name }) => name);
  return [
    ...(heldOut.length === 0 ? [] : [`held out of training, as forecast.unseen says: ${heldOut.join(", ")}`]),
    ...(silent.length === 0
      ? []
      : [
          `without a reading of a target in the training span, so forecast as unseen sensors: ${silent.join(", ")}`,
        ]),
  ];
};
