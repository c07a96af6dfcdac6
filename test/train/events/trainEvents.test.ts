import { describe, expect, it } from "vitest";
import type { RecurrentCall } from "../../../src/kernels/RecurrentCall.ts";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import type { EventModelShape } from "../../../src/model/eventModel/EventModel.ts";
import { randomTable, rowOf, sharedTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { costOfTable } from "../../../src/model/sharedTable/TableCost.ts";
import { random } from "../../../src/series/random.ts";
import { scoreEvents, tableCostOf } from "../../../src/train/events/scoreEvents.ts";
import {
  type EventSettings,
  type EventTraining,
  initialEventTraining,
  trainEventEpoch,
  trainEventRound,
} from "../../../src/train/events/trainEvents.ts";

const kernels = createEventKernels();
const cell = { cell: "gru", multiplicative: true, units: 16, inputs: 12 } as const;
const shared: EventModelShape = { ...cell, codes: [5, 5] };
const full: EventModelShape = { ...cell, codes: [25] };
const settings: EventSettings = {
  batch: 8,
  steps: 12,
  epochs: 2,
  learningRate: 0.01,
  clipNorm: 5,
  vectorDecay: 0,
  dropout: 0,
  seed: 1,
  reallocates: true,
};

/** Twenty-five tokens: the next is one further in nine of ten cases, any in one. */
const stream = (events: number, seed: number): Int32Array => {
  const numbers = random(seed);
  let token = 0;
  return Int32Array.from({ length: events }, () => {
    token = numbers.uniform() < 0.1 ? Math.floor(25 * numbers.uniform()) : (token + 7) % 25;
    return token;
  });
};
const data = { training: stream(3000, 1), validation: stream(1000, 2) };

const rounds = (shape: EventModelShape, start: EventTraining, count: number): EventTraining => {
  let training = start;
  for (let round = 0; round < count; round++)
    training = trainEventRound(kernels, shape, training, data, settings);
  return training;
};

describe("trainEventRound", () => {
  it("starts at the loss of chance and comes near the entropy of the stream", () => {
    const start = initialEventTraining(full, random(5));
    const before = scoreEvents(kernels, full, start.parameters, undefined, data.validation, settings);
    expect(before).toBeGreaterThan(0.95 * Math.log(25));
    // -(0.904 ln 0.904 + 24 * 0.004 ln 0.004) = 0.62 nats.
    const { validationLosses } = rounds(full, start, 4);
    expect(validationLosses.at(-1)).toBeLessThan(1);
    expect(validationLosses.at(-1)).toBeGreaterThan(0.6);
  });

  it("learns with a shared table, and equal runs give equal bytes", () => {
    const start = (): EventTraining => initialEventTraining(shared, random(5), randomTable(25, random(6)));
    const kept = start();
    const whole = rounds(shared, kept, 4);
    expect(kept).toEqual(start());
    expect(Math.min(...whole.validationLosses)).toBeLessThan(1.4);
    const resumed = rounds(shared, structuredClone(rounds(shared, start(), 2)), 2);
    expect(resumed).toEqual(whole);
  });

  it("keeps a cheaper table only where the loss falls, and moves nothing after it was undone", () => {
    // Without a step of training, what was moved has another's vectors: the loss may rise or fall.
    const still = { ...settings, epochs: 0 };
    const undone = Array.from({ length: 8 }, (_, seed) => {
      const start = initialEventTraining(shared, random(seed), randomTable(25, random(seed, 1)));
      const first = trainEventRound(kernels, shared, start, data, still);
      const second = trainEventRound(kernels, shared, first, data, still);
      const third = trainEventRound(kernels, shared, { ...second, undone: true }, data, still);
      const [before, after, again] = third.validationLosses;
      expect(first.table).toEqual(start.table);
      expect(second.undone).toBe(after! >= before!);
      expect(second.table!.cellOf.join() === first.table!.cellOf.join()).toBe(second.undone);
      expect(third.table).toEqual(second.table);
      expect(again).toBe(Math.min(before!, after!));
      return second.undone;
    });
    expect(new Set(undone).size).toBe(2);
  });

  it("leaves the table where it is not to be made anew", () => {
    const start = initialEventTraining(shared, random(3), randomTable(25, random(3, 1)));
    const once = trainEventRound(kernels, shared, start, data, {
      ...settings,
      epochs: 0,
      reallocates: false,
    });
    const twice = trainEventRound(kernels, shared, once, data, {
      ...settings,
      epochs: 0,
      reallocates: false,
    });
    expect(twice).toEqual({
      ...once,
      validationLosses: [once.validationLosses[0], once.validationLosses[0]],
    });
  });
});

describe("trainEventEpoch", () => {
  it("starts each piece from the state that the one before left", () => {
    const initial: (Float32Array | undefined)[] = [];
    const last: Float32Array[] = [];
    const { recurrent } = kernels;
    const watched = {
      ...kernels,
      recurrent: {
        ...recurrent,
        record: (call: RecurrentCall) => {
          const run = recurrent.record(call);
          initial.push(call.initialState?.slice());
          last.push(run.states.slice(-call.sizes.batch * call.sizes.units));
          return run;
        },
      },
    };
    const start = initialEventTraining(full, random(5));
    trainEventEpoch(watched, full, start, data.training.subarray(0, 400), settings);
    expect(initial.length).toBeGreaterThan(3);
    expect(initial[0]).toBeUndefined();
    expect(initial.slice(1)).toEqual(last.slice(0, -1));
  });

  it("ends with what its observer throws, after the step that it was told of", () => {
    const told: number[] = [];
    const stop = (step: number): void => {
      told.push(step);
      if (step === 2) throw new Error("enough");
    };
    const start = initialEventTraining(full, random(5));
    expect(() => trainEventEpoch(kernels, full, start, data.training, settings, stop)).toThrow("enough");
    expect(told).toEqual([1, 2]);
  });

  it("shrinks vectors by the decay, and nothing else", () => {
    const trained = (vectorDecay: number): EventTraining => {
      const start = initialEventTraining(full, random(5));
      const one = data.training.subarray(0, 90);
      return trainEventEpoch(kernels, full, start, one, { ...settings, vectorDecay });
    };
    const { parameters: start } = initialEventTraining(full, random(5));
    const [plain, decayed] = [trained(0), trained(2)];
    expect(plain.step).toBe(1);
    expect(decayed.parameters.stateWeights).toEqual(plain.parameters.stateWeights);
    for (const name of ["inputVectors", "outputVectors"] as const) {
      decayed.parameters[name][0]!.forEach((value, k) => {
        const shrunk = settings.learningRate * 2 * start[name][0]![k]!;
        expect(value).toBeCloseTo(plain.parameters[name][0]![k]! - shrunk, 6);
      });
    }
  });
});

describe("scoreEvents", () => {
  it("carries the state: short pieces have the loss of one long one", () => {
    const { parameters } = initialEventTraining(full, random(9));
    const score = (steps: number): number =>
      scoreEvents(kernels, full, parameters, undefined, data.validation, { batch: 8, steps });
    expect(score(7)).toBeCloseTo(score(1000), 6);
  });
});

describe("tableCostOf", () => {
  it("is, for the table in use, the loss that the stream is scored with", () => {
    const table = sharedTable(25);
    const { parameters } = initialEventTraining(shared, random(8), table);
    const cost = tableCostOf(kernels, shared, parameters, table, data.validation, settings);
    const used = Math.floor((data.validation.length - 1) / settings.batch) * settings.batch;
    const loss = scoreEvents(kernels, shared, parameters, table, data.validation, settings);
    expect(costOfTable(cost, table) / used).toBeCloseTo(loss, 7);
    expect(rowOf(table, 24)).toBe(4);
  });
});
