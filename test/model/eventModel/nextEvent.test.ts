import { describe, expect, it } from "vitest";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import {
  arraysOf,
  codesOf,
  type EventModelShape,
  initialEventParameters,
} from "../../../src/model/eventModel/EventModel.ts";
import { nextEvent, type TimedEventModel } from "../../../src/model/eventModel/nextEvent.ts";
import { runEventModel } from "../../../src/model/eventModel/runEventModel.ts";
import { randomTable, sideOf } from "../../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../../src/series/random.ts";

const kernels = createEventKernels();
const TOKENS = 7;
const timing = { features: 2, bins: 4 };
const cell = { cell: "gru", multiplicative: true, units: 6, inputs: 5, timing } as const;

const modelOf = (shape: EventModelShape): TimedEventModel => {
  const numbers = random(8);
  const parameters = initialEventParameters(shape, numbers);
  for (const values of arraysOf(parameters).slice(3)) {
    for (let k = 0; k < values.length; k++) values[k] = 0.8 * numbers.normal();
  }
  const table = shape.codes.length > 1 ? randomTable(TOKENS, random(2)) : undefined;
  return { kernels, shape, parameters, ...(table && { table }), tokens: TOKENS };
};

const side = sideOf(TOKENS);
describe.each([
  ["full table", modelOf({ ...cell, codes: [TOKENS] })],
  ["shared table", modelOf({ ...cell, codes: [side, side] })],
])("nextEvent, %s", (_, model) => {
  const numbers = random(4);
  const state = Float32Array.from({ length: 6 }, () => 0.4 * numbers.normal());
  const features = Float32Array.of(0.3, -1.2);

  /** Read by the model of batches: the loss of one token, of one bin, and the state after. */
  const read = (token: number, bin: number) => {
    const run = runEventModel(kernels, model.shape, model.parameters, {
      batch: 1,
      steps: 1,
      codes: codesOf(Int32Array.of(3, token), model.table),
      state,
      timing: { features, bins: Int32Array.of(bin) },
    });
    run.release();
    return {
      which: run.losses.reduce((sum, loss) => sum + loss, 0),
      when: run.timing!.loss,
      state: run.state,
    };
  };

  it("gives probabilities of all tokens and bins", () => {
    const { when, which } = nextEvent(model, state, 3, features);
    expect(which.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(when.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("has the ratios, the bins and the states that reading each token has", () => {
    const { stateAfter, when, which } = nextEvent(model, state, 3, features);
    for (let token = 0; token < TOKENS; token++) {
      const alone = read(token, token % timing.bins);
      // Dummies of the table have a share that the real tokens are given back.
      expect(Math.log(which[token]! / which[0]!)).toBeCloseTo(read(0, 0).which - alone.which, 5);
      expect(-Math.log(when[token % timing.bins]!)).toBeCloseTo(alone.when, 5);
      stateAfter(token).forEach((value, k) => expect(value).toBeCloseTo(alone.state[k]!, 6));
    }
  });
});
