import { contextSteps } from "../../series/features.ts";
import type { Panel } from "../../series/Panel.ts";
import { originsOf } from "../../train/originWindows.ts";
import { memoryOfRun } from "../memoryOfRun.ts";
import type { PreparedRun } from "../prepareRun.ts";
import { quantileLevels } from "../quantileLevels.ts";

const FLOAT = 4;
/** Forecasts that are held at once while a fold is scored: three naive ones, two of the device, both ends of the band, the truth. */
const FORECASTS = 8;
/** Of the device, raw and shielded. */
const LEARNED = 2;

/**
 * Upper bound of the bytes of arrays that the process of a fold holds: the recording, and what is more of training and of
 * scoring. Node itself, the program and garbage that is not collected yet come on top.
 *
 * @param recording the whole, of which `run` has its part
 */
export const foldMemory = (run: PreparedRun, recording: Pick<Panel, "values">): number => {
  const { data, pipeline, shape, spans } = run;
  const training = memoryOfRun(run, pipeline.training.engine === "fused");
  const origins = originsOf(
    data,
    { from: spans.test.from - 1, to: spans.test.to },
    contextSteps(data.plan),
    1,
  ).length;
  const outputs = data.plan.targets.length * data.plan.horizonSteps;
  const levels = shape.quantiles === undefined ? 0 : quantileLevels(pipeline).all.length;
  const scoring = FLOAT * origins * data.sensors * outputs * (FORECASTS + LEARNED * levels);
  return recording.values.byteLength + Math.max(training.bytes, training.prepared + scoring);
};
