import { describe, expect, it } from "vitest";
import { powerTable } from "../../src/edge/fixedPoint.ts";
import { decode } from "../../src/edge/integerHead.ts";
import { createPastReader } from "../../src/edge/pastQuanta.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { fixtureModel, fixturePlan, uniform } from "./fixture.ts";
import { baselineInteger } from "./references.ts";

const plan = fixturePlan({ sensors: 1 });
const { targets } = fixtureModel(plan);
const { readouts } = quantiseModel(fixtureModel(plan), 16);
const powers = powerTable();

describe("decode", () => {
  const value = (target: number, baseline: number, y: number): number =>
    decode(
      readouts[target]!,
      powers,
      baselineInteger(readouts[target]!, targets[target]!.quantum, baseline),
      y * 2 ** 16,
    );

  it("gives inverse(transform(baseline) + gain y) in quanta, to nearest", () => {
    const random = uniform(3);
    for (let trial = 0; trial < 4000; trial++) {
      const y = Math.round((random() - 0.5) * 4 * 2 ** 16) / 2 ** 16;
      const speed = random() * 150;
      const exactSpeed = Math.min(1500, Math.max(0, (speed + 15 * y) / 0.1));
      expect(Math.abs(value(0, speed, y) - exactSpeed)).toBeLessThan(0.52);
      const flow = random() * 1500;
      const exactFlow = Math.min(4000, Math.max(0, Math.expm1(Math.log1p(flow) + 0.6 * y)));
      expect(Math.abs(value(1, flow, y) - exactFlow)).toBeLessThan(0.52 + 4e-6 * exactFlow);
    }
  });

  it("keeps readings on the grid where the model adds nothing, and saturates at the range", () => {
    for (const speed of [0, 0.1, 47.3, 149.9, 150]) expect(value(0, speed, 0)).toBe(Math.round(speed * 10));
    for (const flow of [0, 1, 2, 59, 1234, 4000]) expect(value(1, flow, 0)).toBe(flow);
    expect([value(0, 1e9, 0), value(0, -1e9, 0), value(0, 75, 128), value(0, 75, -128)]).toEqual([
      1500, 0, 1500, 0,
    ]);
    expect([value(1, 1e9, 0), value(1, -3, 0), value(1, 60, 128), value(1, 60, -128)]).toEqual([
      4000, 0, 4000, 0,
    ]);
  });
});

describe("past quanta", () => {
  it("keeps a reading between two quanta as both, one on a quantum as one, a missing or absurd one as unknown", () => {
    const row = [47.3, 47.34, -0.05, Number.NaN, 1e9, 0.3];
    const values = Float64Array.from([...row, ...row, ...row, ...row]);
    const clock = { minuteOfDay: new Int16Array(6), weekday: new Int8Array(6), dayNumber: new Int32Array(6) };
    const read = createPastReader(
      [{ channel: "speed", quantum: 0.1, holdSteps: 0 }],
      ["flow", "speed"],
      1,
      8,
    );
    const past = read({ values, steps: 6, clock }, 5);
    expect([...past.known]).toEqual([0, 0, 1, 1, 1, 0, 0, 1]);
    expect([...past.lower]).toEqual([0, 0, 473, 473, -1, 0, 0, 3]);
    expect(Array.from(past.upper, (upper) => upper + 0)).toEqual([0, 0, 473, 474, 0, 0, 0, 3]);
  });
});
