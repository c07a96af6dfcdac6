import { type TrainingMemory, trainingMemory } from "../train/trainingMemory.ts";
import type { PreparedRun } from "./prepareRun.ts";

/**
 * Upper bound of what a run holds while it trains: see `trainingMemory`.
 *
 * @param wasm whether its engine has wasm memory
 */
export const memoryOfRun = (run: PreparedRun, wasm: boolean): TrainingMemory =>
  trainingMemory(
    {
      ...run.seen,
      ...(run.embedding.choice && { embedding: run.embedding.choice }),
      settings: run.settings,
      training: run.spans.training,
      validation: run.spans.validation,
    },
    wasm,
    heldBeside(run),
  );

/** What a run holds while it trains and training does not read: channels left out, and the data of all sensors. */
const heldBeside = ({
  data,
  loaded,
  seen,
}: PreparedRun): { readonly part: string; readonly bytes: number }[] => {
  const arrays = (of: PreparedRun["data"]): number =>
    [of.readings.values, of.features, of.truth, of.level, of.held].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
  return [
    { part: "recording", bytes: loaded.panel.values.byteLength },
    ...(seen.data === data ? [] : [{ part: "data with unseen sensors", bytes: arrays(data) }]),
  ];
};
