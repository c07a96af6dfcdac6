/** How a forecaster is trained; every number has a default in the pipeline's schema. */
export interface TrainingSettings {
  readonly seed: number;
  /** Epochs in float32, then with ternary weights and an int8 state. */
  readonly floatEpochs: number;
  readonly ternaryEpochs: number;
  /** Mean absolute or mean squared error, in units of the baseline's own error; absolute where absent. */
  readonly loss?: "absolute" | "squared";
  /** A lead's loss counts in proportion to lead^-leadDecay; all alike where absent. */
  readonly leadDecay?: number;
  /** Sequences a step. */
  readonly batch: number;
  /** Steps of a sequence before the first scored origin. */
  readonly warmupSteps: number;
  /** Scored origins of a sequence: each is forecast over the whole horizon. */
  readonly scoredSteps: number;
  /** Upper bound of optimiser steps an epoch; without it an epoch visits each origin about once. */
  readonly stepsPerEpoch?: number;
  readonly learningRate: number;
  readonly ternaryLearningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Share of the hidden state hidden from the head at a training step, 0..1. */
  readonly dropout: number;
  /** Share of the sequences of a step that see the mean of all sensors' vectors in place of their own; 0 where absent. */
  readonly embeddingDropout?: number;
  /** Decay of the moving average of the weights, which is what is evaluated and deployed. */
  readonly averaging: number;
  /** Epochs without a better validation loss before a phase ends. */
  readonly patience: number;
  readonly rules: {
    /** Weight of the robustness loss beside the forecast loss; 0 trains without rules. */
    readonly weight: number;
    /** Robustness asked for, in units of each rule's scale. */
    readonly margin: number;
    /** Temperature of the smooth robustness at the first and the last epoch. */
    readonly temperature: readonly [number, number];
    /** Consecutive origins of a rule batch, and how many lie between two that are judged. */
    readonly origins: number;
    readonly stride: number;
    /** The distance to a teacher's forecast as a loss; absent where the robustness alone trains the rules. */
    readonly teacher?: {
      /** Whether it stands in place of the robustness, and not beside it. */
      readonly alone: boolean;
      /**
       * Weight of the forecast loss, the teacher's being 1 less that; 0..1. It falls from 1 to this over the first half of
       * the float phase.
       */
      readonly beta: number;
      /** Smallest step of a forecast value, by target: the teacher keeps rules by more than it. */
      readonly quanta: readonly number[];
    };
  };
}

/** Consecutive steps of the panel: an origin belongs to a span with its whole forecast. */
export interface StepSpan {
  readonly from: number;
  readonly to: number;
}

export interface EpochRecord {
  readonly phase: "float" | "ternary";
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly ruleLoss: number;
  readonly validationLoss: number;
  readonly ruleSatisfaction: number;
  /** Mean loss of the teacher, how many forecasts it was given, and for how many it left out a rule; absent without it. */
  readonly teacher?: { readonly loss: number; readonly windows: number; readonly untaught: number };
  /**
   * Another table of sensors that was tried after the epoch: how many it moves, the validation loss with it, and whether
   * it was kept because that is lower. Absent where none was.
   */
  readonly reallocation?: { readonly moved: number; readonly loss: number; readonly kept: boolean };
}
