import {
  arraysOf,
  codesOf,
  copyEventParameters,
  type EventModelShape,
  type EventParameters,
  initialEventParameters,
} from "../../model/eventModel/EventModel.ts";
import type { EventKernels } from "../../model/eventModel/eventKernels.ts";
import { runEventModel } from "../../model/eventModel/runEventModel.ts";
import { allocateTable } from "../../model/sharedTable/allocateTable.ts";
import type { SharedTable } from "../../model/sharedTable/SharedTable.ts";
import { type Random, random } from "../../series/random.ts";
import { adamUpdate } from "../adamUpdate.ts";
import type { EventCut } from "./eventPieces.ts";
import { scoreTimedEvents, tableCostOf } from "./scoreEvents.ts";
import { type StreamTiming, timedPieces } from "./StreamTiming.ts";

export interface EventSettings extends EventCut {
  /** Passes over the stream in a round. */
  readonly epochs: number;
  readonly learningRate: number;
  /** Gradients are scaled down to this length over all parameters together. */
  readonly clipNorm: number;
  /** Share of its size that a vector loses a step at a learning rate of 1: decoupled weight decay. */
  readonly vectorDecay: number;
  /** Chance that a number of an input vector or of a state that is read is left out, 0 to below 1. */
  readonly dropout: number;
  /** Of dropout. */
  readonly seed: number;
  /** Whether the table is made anew between rounds. */
  readonly reallocates: boolean;
}

/** A model under way: everything that the next round depends on. */
export interface EventTraining {
  readonly parameters: EventParameters;
  readonly firstMoment: EventParameters;
  readonly secondMoment: EventParameters;
  /** Of Adam. */
  readonly step: number;
  /** None in a model of one code. */
  readonly table?: SharedTable;
  /** Of the end of each round, in nats a token; those undone included. */
  readonly validationLosses: readonly number[];
  /** Whether the table of the last round was undone. */
  readonly undone: boolean;
}

/** Told the count of steps after each. What it throws ends the training. */
export type ObserveStep = (step: number) => void;

/** Streams of tokens in order of time. */
export interface EventData {
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** Of a model that says when as well. */
  readonly timing?: { readonly training: StreamTiming; readonly validation: StreamTiming };
}

const copied = (training: EventTraining): EventTraining => ({
  ...training,
  parameters: copyEventParameters(training.parameters),
  firstMoment: copyEventParameters(training.firstMoment),
  secondMoment: copyEventParameters(training.secondMoment),
});

export const initialEventTraining = (
  shape: EventModelShape,
  numbers: Random,
  table?: SharedTable,
): EventTraining => {
  const parameters = initialEventParameters(shape, numbers);
  const zeros = (): EventParameters => {
    const copy = copyEventParameters(parameters);
    for (const values of arraysOf(copy)) values.fill(0);
    return copy;
  };
  return {
    parameters,
    firstMoment: zeros(),
    secondMoment: zeros(),
    step: 0,
    ...(table && { table }),
    validationLosses: [],
    undone: false,
  };
};

const lengthOf = (gradients: EventParameters): number => {
  let squares = 0;
  for (const values of arraysOf(gradients)) {
    for (let k = 0; k < values.length; k++) squares += values[k]! * values[k]!;
  }
  return Math.sqrt(squares);
};

/** One step of Adam, in place but for the count. */
const stepped = (
  training: EventTraining,
  gradients: EventParameters,
  { clipNorm, learningRate, vectorDecay }: EventSettings,
): EventTraining => {
  const step = training.step + 1;
  const length = lengthOf(gradients);
  const factor = length > clipNorm ? clipNorm / length : 1;
  const [first, second, slopes] = [training.firstMoment, training.secondMoment, gradients].map(arraysOf);
  const vectors = new Set([...training.parameters.inputVectors, ...training.parameters.outputVectors]);
  arraysOf(training.parameters).forEach((values, k) => {
    const keep = vectors.has(values) ? 1 - learningRate * vectorDecay : 1;
    adamUpdate(values, slopes![k]!, first![k]!, second![k]!, { step, learningRate, factor, keep });
  });
  return { ...training, step };
};

/** One pass over the training stream, in place but for the count of steps; the state is carried from piece to piece. */
function* epochSteps(
  kernels: EventKernels,
  shape: EventModelShape,
  training: EventTraining,
  { timing, training: tokens }: Pick<EventData, "timing" | "training">,
  settings: EventSettings,
): Generator<number, EventTraining, void> {
  let state: Float32Array | undefined;
  let current = training;
  for (const piece of timedPieces(tokens, codesOf(tokens, training.table), timing?.training, settings)) {
    const run = runEventModel(kernels, shape, current.parameters, {
      ...piece,
      ...(state && { state }),
      dropout: { share: settings.dropout, numbers: random(settings.seed, current.step) },
    });
    current = stepped(current, run.backward(), settings);
    state = run.state;
    yield current.step;
  }
  return current;
}

/** Runs steps to their end; what the observer throws ends them. */
const drained = <Value>(steps: Generator<number, Value, void>, observe?: ObserveStep): Value => {
  let next = steps.next();
  while (next.done !== true) {
    observe?.(next.value);
    next = steps.next();
  }
  return next.value;
};

/** One pass over a stream, in place but for the count of steps; the state is carried from piece to piece. */
export const trainEventEpoch = (
  kernels: EventKernels,
  shape: EventModelShape,
  training: EventTraining,
  tokens: Int32Array,
  settings: EventSettings,
  observe?: ObserveStep,
): EventTraining => drained(epochSteps(kernels, shape, training, { training: tokens }, settings), observe);

/**
 * One round of training, and before it, but in the first and where settings forbid it, the cheapest table for the losses
 * of the training stream (Li et al., "LightRNN", NIPS 2016, algorithm 1). Where the validation loss at the end is not below
 * that of the table before, table, weights and moments of then come back, and the next round trains on with them and moves
 * nothing.
 *
 * Deterministic: equal arguments give equal bytes. The training that is given stays as it is.
 *
 * @throws RecurrentCallError where a size does not fit
 */
export const trainEventRound = (
  kernels: EventKernels,
  shape: EventModelShape,
  before: EventTraining,
  data: EventData,
  settings: EventSettings,
  observe?: ObserveStep,
): EventTraining => drained(eventRoundSteps(kernels, shape, before, data, settings), observe);

/** {@link trainEventRound}, which comes up for breath after each step of the optimiser and says its number. */
export function* eventRoundSteps(
  kernels: EventKernels,
  shape: EventModelShape,
  before: EventTraining,
  data: EventData,
  settings: EventSettings,
): Generator<number, EventTraining, void> {
  let training: EventTraining = { ...copied(before), undone: false };
  const { table } = before;
  const moves =
    settings.reallocates && table !== undefined && before.validationLosses.length > 0 && !before.undone;
  if (moves) {
    const cost = tableCostOf(
      kernels,
      shape,
      before.parameters,
      table,
      data.training,
      settings,
      data.timing?.training,
    );
    training = { ...training, table: allocateTable(cost, table).table };
  }
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    training = yield* epochSteps(kernels, shape, training, data, settings);
  }
  const { which } = scoreTimedEvents(
    kernels,
    shape,
    training.parameters,
    training.table,
    data.validation,
    settings,
    data.timing?.validation,
  );
  const validationLosses = [...before.validationLosses, which];
  const worse = moves && !(which < before.validationLosses.at(-1)!);
  return worse ? { ...before, validationLosses, undone: true } : { ...training, validationLosses };
}
