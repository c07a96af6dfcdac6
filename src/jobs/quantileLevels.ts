import type { YamlConflict } from "../ingest/decodeYaml.ts";
import { alarmsOf } from "./Alarm.ts";
import type { Pipeline } from "./Pipeline.ts";

/** Levels that a pipeline asks for beside the median: those it issues, and those its alarms read too. */
export interface QuantileLevels {
  /** Of `forecast.quantiles`, ascending and without 0.5. */
  readonly issued: readonly number[];
  /** With those of the alarms, ascending and without 0.5. */
  readonly all: readonly number[];
}

export const quantileLevels = (pipeline: Pipeline): QuantileLevels => {
  const { quantiles } = pipeline.forecast;
  return {
    issued: ascending(quantiles),
    all: ascending([...quantiles, ...alarmsOf(pipeline).map((alarm) => alarm.level)]),
  };
};

/** Heads without a level would be heads for nothing. */
export const quantileConflicts = (pipeline: Pipeline): YamlConflict[] =>
  pipeline.forecast.quantileHeads === true && quantileLevels(pipeline).all.length === 0
    ? [
        {
          path: ["forecast", "quantileHeads"],
          message:
            "forecast.quantileHeads learns quantiles, but forecast.quantiles and alarms name none beside the median; add one, such as quantiles: [0.1, 0.9], or leave quantileHeads out",
        },
      ]
    : [];

const ascending = (levels: readonly number[]): readonly number[] =>
  [...new Set(levels)].filter((level) => level !== 0.5).sort((a, b) => a - b);
