import { describe, expect, it } from "vitest";
import { type EventModelShape, initialEventParameters } from "../../../src/model/eventModel/EventModel.ts";
import { randomTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../../src/series/random.ts";
import {
  decodeEventCheckpoint,
  encodeEventCheckpoint,
  type EventCheckpoint,
} from "../../../src/train/events/EventCheckpoint.ts";
import { initialEventTraining } from "../../../src/train/events/trainEvents.ts";

const shape: EventModelShape = {
  cell: "gru",
  multiplicative: true,
  units: 3,
  inputs: 2,
  codes: [3, 3],
  timing: { features: 2, bins: 4 },
};
const training = initialEventTraining(shape, random(1), randomTable(7, random(2)));
training.parameters.inputWeights.set([-0, 1e-45, Infinity, 0.1]);
training.secondMoment.timing!.binVectors.fill(1 / 3);
const checkpoint: EventCheckpoint = {
  fingerprint: "abc",
  phase: "ternary",
  training: { ...training, step: 17, validationLosses: [0.1 + 0.2, 5e-324], undone: true },
  history: [{ phase: "float", round: 1, which: 1 / 3, when: 2 / 3, moved: 0.5, undone: false }],
  best: {
    parameters: initialEventParameters(shape, random(5)),
    table: randomTable(7, random(6)),
    loss: 0.7,
    round: 2,
  },
  float: { parameters: initialEventParameters(shape, random(7)), table: randomTable(7, random(8)) },
};
const text = encodeEventCheckpoint(checkpoint);

describe("a checkpoint of a model of events", () => {
  it("is the same after writing and reading, to the bit", () => {
    const back = decodeEventCheckpoint(text, shape, 7)!;
    expect(back).toEqual(checkpoint);
    expect(Object.is(back.training.parameters.inputWeights[0], -0)).toBe(true);
  });

  it("has no best, float result or table after reading where it had none", () => {
    const full: EventModelShape = { ...shape, codes: [7] };
    const early: EventCheckpoint = {
      fingerprint: "abc",
      phase: "float",
      training: initialEventTraining(full, random(1)),
      history: [],
    };
    const back = decodeEventCheckpoint(encodeEventCheckpoint(early), full, 7)!;
    expect(back).toEqual(early);
    for (const name of ["best", "float"]) expect(back).not.toHaveProperty(name);
    expect(back.training).not.toHaveProperty("table");
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["a text that breaks off", text.slice(0, -50)],
    ["null", "null"],
    ["another format", text.replace('"format":1', '"format":2')],
    ["no more than the format", '{"format":1}'],
    ["a missing part", text.replace('"firstMoment"', '"first"')],
    ["a table that holds a cell twice", text.replace(/"table":\[\d+,\d+/, '"table":[1,1')],
  ])("is not read from %s", (_, foreign) => {
    expect(foreign).not.toBe(text);
    expect(decodeEventCheckpoint(foreign, shape, 7)).toBeUndefined();
  });

  it("is not read for a model of another shape", () => {
    expect(decodeEventCheckpoint(text, { ...shape, units: 4 }, 7)).toBeUndefined();
    expect(decodeEventCheckpoint(text, { ...shape, codes: [9] }, 7)).toBeUndefined();
  });
});
