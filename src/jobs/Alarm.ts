import type { YamlConflict } from "../ingest/decodeYaml.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import type { Pipeline } from "./Pipeline.ts";

/** A warning of one channel, and the quantile that decides it. */
export interface Alarm {
  readonly name: string;
  /** Index among the forecast's targets. */
  readonly target: number;
  readonly side: "above" | "below";
  /** In the unit of the channel. */
  readonly threshold: number;
  /** What a missed event costs, in false alarms. */
  readonly missCost: number;
  /** Level of the quantile that is held against the threshold, 0..1. */
  readonly level: number;
}

/**
 * The alarms of a pipeline whose alarms are in order ({@link alarmConflicts}).
 *
 * An alarm costs 1 where nothing happens, none costs m = missCost where something does; so the expected cost is least
 * when it is raised from a probability of 1 / (1 + m) on. A reading is above a threshold with at least that probability
 * where its quantile of level m / (1 + m) is above it, and below where its quantile of level 1 / (1 + m) is below.
 *
 * @example
 * const alarms = [{ channel: "pm25", above: 150, missCost: 3 }];
 * alarmsOf({ alarms, forecast: { targets: ["pm25"] } })[0].level; // => 0.75
 */
export const alarmsOf = ({ alarms = [], forecast }: Pipeline): readonly Alarm[] =>
  alarms.map(({ above, below, channel, missCost, name }) => {
    const side = above === undefined ? "below" : "above";
    const threshold = above ?? below ?? Number.NaN;
    return {
      name: name ?? nameOf(channel, side, threshold),
      target: forecast.targets.indexOf(channel),
      side,
      threshold,
      missCost,
      level: (side === "above" ? missCost : 1) / (1 + missCost),
    };
  });

/** Whether a value is past the threshold of an alarm; one that is missing is not. */
export const passes = (alarm: Alarm, value: number): boolean =>
  alarm.side === "above" ? value > alarm.threshold : value < alarm.threshold;

/** Everything that keeps the alarms of a pipeline from being read. */
export const alarmConflicts = ({ alarms = [], forecast }: Pipeline): YamlConflict[] => {
  const conflicts: YamlConflict[] = [];
  const names = new Set<string>();
  alarms.forEach(({ above, below, channel, name: given }, index) => {
    const path = ["alarms", index];
    if (!forecast.targets.includes(channel)) {
      const nearest = nearestName(channel, forecast.targets);
      const hint =
        nearest === undefined ? `it forecasts ${forecast.targets.join(", ")}` : `did you mean ${nearest}?`;
      conflicts.push({
        path: [...path, "channel"],
        message: `an alarm needs a channel of forecast.targets, and ${channel} is none; ${hint}`,
      });
    }
    if (above !== undefined && below !== undefined) {
      const message = `the alarm has both above ${above} and below ${below}; keep one, and make two alarms of it for both`;
      conflicts.push({ path: [...path, "below"], message });
    }
    if (above === undefined && below === undefined) {
      conflicts.push({ path, message: "the alarm has no threshold; give above or below" });
    }
    const name =
      given ?? nameOf(channel, above === undefined ? "below" : "above", above ?? below ?? Number.NaN);
    if (names.has(name)) {
      const message = `two alarms are called ${name}; give one of them another name`;
      conflicts.push({ path: given === undefined ? path : [...path, "name"], message });
    }
    names.add(name);
  });
  return conflicts;
};

const nameOf = (channel: string, side: Alarm["side"], threshold: number): string =>
  `${channel} ${side} ${threshold}`;
