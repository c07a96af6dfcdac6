import type { Panel } from "../series/Panel.ts";
import type { BoundRule } from "../stl/index.ts";
import type { PlannedReadings } from "../train/TrainingData.ts";
import type { Pipeline } from "./Pipeline.ts";
import type { PreparedRun } from "./prepareRun.ts";

/** What a forecast is issued from: readings up to the origin, which is the last one, and what they are held against. */
export interface IssueBasis {
  readonly pipeline: Pipeline;
  readonly panel: Pick<Panel, "sensors" | "channels" | "startMs" | "stepMs">;
  readonly data: PlannedReadings;
  readonly rules: readonly BoundRule[];
}

export const basisOfRun = (run: PreparedRun): IssueBasis => ({
  pipeline: run.pipeline,
  panel: run.panel,
  data: run.data,
  rules: run.rules.rules.map(({ bound }) => bound),
});
