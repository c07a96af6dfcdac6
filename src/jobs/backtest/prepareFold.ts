import type { StepSpan } from "../../train/TrainingSettings.ts";
import { prepareRun } from "../prepareRun.ts";
import { cutPanel } from "./cutPanel.ts";
import { modelFingerprint } from "./foldFingerprint.ts";
import type { OpenBacktest } from "./openBacktest.ts";
import type { Fold } from "./planFolds.ts";

/** A fold as a run of its own, on the readings of the fold alone: nothing in it can look past them. */
export const prepareFold = (backtest: OpenBacktest, fold: Fold) => {
  const { loaded, pipeline, pipelinePath } = backtest;
  const within = ({ from, to }: StepSpan): StepSpan => ({
    from: from - fold.reads.from,
    to: to - fold.reads.from,
  });
  return prepareRun(
    pipeline,
    pipelinePath,
    {
      ...loaded,
      panel: cutPanel(loaded.panel, fold.reads),
      // A checkpoint is known by the readings that it was trained on, not by later ones.
      sha256: modelFingerprint(backtest, fold),
    },
    {
      training: within(fold.training),
      validation: within(fold.validation),
      test: within({ from: fold.origins.from + 1, to: fold.reads.to }),
    },
  );
};
