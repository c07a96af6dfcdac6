import { parameterNames, type Parameters } from "../model/Parameters.ts";
import { random } from "../series/random.ts";
import { lossScale } from "./lossScale.ts";
import { createRuleLoss } from "./ruleLoss.ts";
import { ruleBatchStart, type TrainingJob } from "./trainForecaster.ts";
import { epochBatches } from "./trainingBatches.ts";
import { ruleStep, trainingStep } from "./trainingStep.ts";

/** A stream of its own, so that training draws what it would without this. */
const STREAM = 1;
/** Batches that are looked at: one costs a training step and, for each rule, its pass over a rule batch. */
const BATCHES = 16;

/**
 * Mean cosine between the gradient of each rule's loss and that of the forecast loss, over some batches of the training
 * span at given weights of the quantised phase; one a rule, -1..1.
 *
 * Below 0, a step that lowers the forecast loss raises the rule's: the two pull against each other. NaN for a rule that
 * keeps its margin on every batch, so that its loss asks for nothing.
 */
export const ruleGradientCosines = (
  job: Pick<TrainingJob, "data" | "rules" | "run" | "settings" | "shape" | "training">,
  parameters: Parameters,
): number[] => {
  const { data, rules, run, settings, shape, training } = job;
  const source = random(settings.seed, STREAM);
  const scale = lossScale(data, training, settings);
  const batches = epochBatches(settings, training, data.sensors, data.plan.horizonSteps, source);
  // Alone, a rule's weight changes the length of its gradient only; at 0 there would be none.
  const losses = rules.map((rule) => createRuleLoss(data, [{ ...rule, weight: 1 }]));
  const temperature = settings.rules.temperature[1];
  const sums = rules.map(() => ({ cosines: 0, count: 0 }));
  for (const batch of batches.slice(0, BATCHES)) {
    const step = trainingStep(
      run,
      parameters,
      shape,
      data,
      batch,
      scale,
      settings,
      source,
      true,
      0,
      undefined,
    );
    const first = ruleBatchStart(job, source);
    losses.forEach((loss, rule) => {
      const { gradients } = ruleStep(
        run,
        parameters,
        shape,
        data,
        settings,
        { ternary: true },
        {
          loss,
          first,
          temperature,
        },
      );
      const cosine = cosineOf(step.gradients, gradients);
      if (Number.isNaN(cosine)) return;
      sums[rule]!.cosines += cosine;
      sums[rule]!.count++;
    });
  }
  return sums.map(({ cosines, count }) => cosines / count);
};

/** Of two gradients over all parameters; NaN where one of them is 0. */
const cosineOf = (a: Parameters, b: Parameters): number => {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const name of parameterNames) {
    const [ofA, ofB] = [a[name], b[name]];
    for (let k = 0; k < ofA.length; k++) {
      product += ofA[k]! * ofB[k]!;
      squaresA += ofA[k]! * ofA[k]!;
      squaresB += ofB[k]! * ofB[k]!;
    }
  }
  return product / Math.sqrt(squaresA * squaresB);
};
