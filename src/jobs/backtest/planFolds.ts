import type { StepSpan } from "../../train/TrainingSettings.ts";

/** One part of a rolling-origin backtest; all in steps of the recording, ends exclusive. */
export interface Fold {
  /** From 0. */
  readonly index: number;
  /** The fold whose model forecasts this one: itself, or the first where nothing is trained again. */
  readonly modelOf: number;
  readonly training: StepSpan;
  readonly validation: StepSpan;
  /** Instants from which is forecast: each has its whole horizon in the recording. */
  readonly origins: StepSpan;
  /** What the fold reads, from its first training step to the last step that it is judged on. */
  readonly reads: StepSpan;
}

export interface FoldWishes {
  readonly steps: number;
  readonly horizonSteps: number;
  readonly folds: number;
  readonly foldSteps: number;
  /** First step that is forecast; where left out, the last fold ends with the recording. */
  readonly from?: number;
  /** Whether a model is trained for each fold, or for the first alone. */
  readonly retrain: boolean;
  /** Steps that a model is trained on; all that lie before its fold where left out. */
  readonly slidingSteps?: number;
  /** Share of the steps before a fold that choices are made on, 0..1: its last part. */
  readonly validationShare: number;
}

/**
 * Cuts the last part of a recording into folds of equal length (rolling origin: Tashman 2000, "Out-of-sample tests of
 * forecasting accuracy"). A model sees the readings up to and with the first origin of its fold, none after it.
 *
 * @returns the folds, or why there are none
 *
 * @example
 * const [first] = planFolds({ steps: 100, horizonSteps: 4, folds: 2, foldSteps: 10, retrain: true, validationShare: 0.25 });
 * first.origins; // => { from: 76, to: 86 }
 * first.validation.to; // => 77
 */
export const planFolds = (wishes: FoldWishes): readonly Fold[] | string => {
  const { folds, foldSteps, horizonSteps, slidingSteps, steps, validationShare } = wishes;
  const latest = steps - horizonSteps - folds * foldSteps;
  const first = wishes.from === undefined ? latest : wishes.from - 1;
  if (first > latest) {
    return `${folds} folds of ${foldSteps} steps and a horizon of ${horizonSteps} do not fit between step ${first + 1} and the end of the recording, ${steps} steps; take fewer or shorter folds, or an earlier --from`;
  }
  if (first < 1) {
    return `${folds} folds of ${foldSteps} steps leave nothing to train on in a recording of ${steps} steps; take fewer or shorter folds`;
  }
  return Array.from({ length: folds }, (_, index): Fold => {
    const modelOf = wishes.retrain ? index : 0;
    const known = first + modelOf * foldSteps + 1;
    const begin = slidingSteps === undefined ? 0 : Math.max(0, known - slidingSteps);
    const validationFrom = known - Math.floor((known - begin) * validationShare);
    const origins = { from: first + index * foldSteps, to: first + (index + 1) * foldSteps };
    return {
      index,
      modelOf,
      training: { from: begin, to: validationFrom },
      validation: { from: validationFrom, to: known },
      origins,
      reads: { from: begin, to: origins.to + horizonSteps },
    };
  });
};
