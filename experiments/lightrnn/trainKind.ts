import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { EventKernels } from "../../src/model/eventModel/eventKernels.ts";
import type { EventParameters } from "../../src/model/eventModel/EventModel.ts";
import type { SharedTable } from "../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../src/series/random.ts";
import { scoreEvents } from "../../src/train/events/scoreEvents.ts";
import {
  type EventSettings,
  type EventTraining,
  initialEventTraining,
  trainEventRound,
} from "../../src/train/events/trainEvents.ts";
import type { EventKind } from "./eventKinds.ts";
import type { EventStream } from "./EventStream.ts";

/** What one round left. */
export interface EventRound {
  /** Perplexity. */
  readonly validation: number;
  readonly undone: boolean;
  /** Share of detectors in another cell than before the round. */
  readonly moved: number;
  /** Median processor time of a training step, in milliseconds. */
  readonly step: number;
  /** Processor time up to the end of its first step: what reallocation takes, and one step. */
  readonly reallocation: number;
}

/** The model of the round with the lowest validation loss. */
export interface BestRound {
  readonly parameters: EventParameters;
  readonly table?: SharedTable;
  readonly validation: number;
  /** Perplexity. */
  readonly test: number;
}

/** A kind under way, as it is stored. */
export interface KeptKind {
  readonly training: EventTraining;
  readonly best: BestRound;
  readonly rounds: readonly EventRound[];
  /** Processor time of all, in seconds. */
  readonly seconds: number;
}

export interface KindBudget {
  readonly rounds: number;
  /** Passes over the training events in a round. */
  readonly epochs: number;
  /** Falls by equal amounts, round by round, and would be 0 after the last. */
  readonly learningRate: number;
  readonly seed: number;
}

/** Where a kind is stored, and who hears of its progress. What `report` throws ends the training, which can then go on. */
export interface KindPlace {
  readonly folder: string;
  readonly report: (round: number, step: number) => void;
}

export const eventCut = { batch: 32, steps: 32 } as const;

const fileOf = (folder: string, stream: EventStream, kind: EventKind, budget: KindBudget): string => {
  const { epochs, learningRate, rounds, seed } = budget;
  const { inputs, units } = kind.shape;
  const parts = [
    stream.name,
    kind.key,
    `${units}+${inputs}`,
    `${rounds}x${epochs}`,
    learningRate,
    kind.dropout,
    seed,
  ];
  return join(folder, `${parts.join(" ").replaceAll(/[^a-z0-9.+]+/gi, "-")}.bin`);
};

const movedShare = (before: SharedTable | undefined, after: SharedTable | undefined): number =>
  before === undefined || after === undefined
    ? 0
    : after.cellOf.reduce((sum, cell, k) => sum + Number(k < after.tokens && cell !== before.cellOf[k]), 0) /
      after.tokens;

/** A kind as it was stored, where it was. */
export const storedKind = (
  folder: string,
  stream: EventStream,
  kind: EventKind,
  budget: KindBudget,
): KeptKind | undefined => {
  const file = fileOf(folder, stream, kind, budget);
  return existsSync(file) ? (deserialize(readFileSync(file)) as KeptKind) : undefined;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const processorSeconds = (): number => process.cpuUsage().user / 1e6;

/**
 * Trains a kind for the rounds of the budget, from where it was stored, and stores it after every round: a run that was
 * killed goes on and ends with the same model.
 *
 * @param start whose best model training goes on from
 */
export const trainKind = (
  kernels: EventKernels,
  stream: EventStream,
  kind: EventKind,
  budget: KindBudget,
  { folder, report }: KindPlace,
  start?: BestRound,
): KeptKind => {
  const file = fileOf(folder, stream, kind, budget);
  const { shape } = kind;
  const fresh = (): EventTraining => {
    const training = initialEventTraining(shape, random(budget.seed), start?.table ?? kind.table);
    return start === undefined ? training : { ...training, parameters: start.parameters };
  };
  let kept = storedKind(folder, stream, kind, budget);
  for (let round = kept?.rounds.length ?? 0; round < budget.rounds; round++) {
    const before = kept?.training ?? fresh();
    const settings: EventSettings = {
      ...eventCut,
      epochs: budget.epochs,
      learningRate: budget.learningRate * (1 - round / budget.rounds),
      clipNorm: 5,
      vectorDecay: 0,
      dropout: kind.dropout,
      seed: budget.seed,
      reallocates: kind.reallocates,
    };
    const began = processorSeconds();
    const ends: number[] = [];
    const training = trainEventRound(kernels, shape, before, stream, settings, (step) => {
      ends.push(processorSeconds());
      report(round + 1, step - before.step);
    });
    const steps = ends.slice(1).map((end, k) => 1000 * (end - ends[k]!));
    const now: EventRound = {
      validation: Math.exp(training.validationLosses.at(-1)!),
      undone: training.undone,
      moved: movedShare(before.table, training.table),
      step: median(steps),
      reallocation: ends[0]! - began,
    };
    const isBest = !(now.validation >= (kept?.best.validation ?? Infinity));
    const { parameters, table } = training;
    const test = (): number =>
      Math.exp(scoreEvents(kernels, shape, parameters, table, stream.test, settings));
    const best: BestRound = isBest
      ? { parameters, ...(table && { table }), validation: now.validation, test: test() }
      : kept!.best;
    const seconds = (kept?.seconds ?? 0) + processorSeconds() - began;
    kept = { training, best, rounds: [...(kept?.rounds ?? []), now], seconds };
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.part`, serialize(kept));
    renameSync(`${file}.part`, file);
  }
  return kept!;
};
