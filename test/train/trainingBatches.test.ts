import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { epochBatches, type SequenceBatch } from "../../src/train/trainingBatches.ts";

const settings = { batch: 4, warmupSteps: 5, scoredSteps: 8 };

const sequencesOf = (batches: readonly SequenceBatch[]): { sensor: number; first: number }[] =>
  batches.flatMap((batch) =>
    Array.from(batch.sensorOf, (sensor, k) => ({ sensor, first: batch.firstOf[k]! })),
  );

describe("epochBatches", () => {
  it("stays in its span: no sequence starts before it, no forecast ends after it", () => {
    assert(
      property(
        integer({ min: 0, max: 50 }),
        integer({ min: 0, max: 120 }),
        integer({ min: 1, max: 4 }),
        integer({ min: 1, max: 6 }),
        integer(),
        (from, length, sensors, horizon, seed) => {
          const span = { from, to: from + length };
          for (const { first, sensor } of sequencesOf(
            epochBatches(settings, span, sensors, horizon, random(seed)),
          )) {
            expect(sensor).toBeGreaterThanOrEqual(0);
            expect(sensor).toBeLessThan(sensors);
            expect(first).toBeGreaterThanOrEqual(span.from);
            const lastOrigin = first + settings.warmupSteps + settings.scoredSteps - 1;
            expect(lastOrigin + horizon).toBeLessThan(span.to);
          }
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });

  it("uses the last step that a forecast can reach", () => {
    // Room for exactly one sequence: 13 steps and a horizon of 3.
    const span = { from: 7, to: 7 + 13 + 3 };
    const one = { ...settings, batch: 1 };
    expect(sequencesOf(epochBatches(one, span, 1, 3, random(1)))).toEqual([{ sensor: 0, first: 7 }]);
    expect(epochBatches(one, { ...span, to: span.to - 1 }, 1, 3, random(1))).toEqual([]);
  });

  it("is the same for the same seed, and goes on differently from epoch to epoch", () => {
    const span = { from: 0, to: 200 };
    const source = random(2);
    const first = epochBatches(settings, span, 3, 3, source);
    const second = epochBatches(settings, span, 3, 3, source);
    expect(epochBatches(settings, span, 3, 3, random(2))).toEqual(first);
    expect(second).not.toEqual(first);
  });

  it("scores each origin of each sensor about once an epoch", () => {
    const span = { from: 10, to: 170 };
    const epochs = 600;
    const source = random(3);
    const counts = [new Float64Array(170), new Float64Array(170)];
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const { first, sensor } of sequencesOf(
        epochBatches({ ...settings, batch: 1 }, span, 2, 3, source),
      )) {
        for (let k = 0; k < settings.scoredSteps; k++)
          counts[sensor]![first + settings.warmupSteps + k]! += 1;
      }
    }
    for (const perSensor of counts) {
      const share = Array.from(perSensor, (count) => count / epochs);
      // Scored: 15 (after the warm-up) to 166 (three before the end); a sequence away from both ends, about once.
      expect(share.slice(0, 15).every((value) => value === 0)).toBe(true);
      expect(share.slice(167).every((value) => value === 0)).toBe(true);
      for (const value of share.slice(15 + 12, 167 - 12)) expect(Math.abs(value - 1)).toBeLessThan(0.15);
      for (const value of share.slice(15, 167)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1.5);
      }
    }
  });

  it("shuffles sensors and instants, and drops what does not fill a batch", () => {
    const span = { from: 0, to: 200 };
    const batches = epochBatches({ ...settings, batch: 7 }, span, 3, 3, random(4));
    const alone = sequencesOf(epochBatches({ ...settings, batch: 1 }, span, 3, 3, random(4)));
    expect(batches).toHaveLength(Math.floor(alone.length / 7));
    for (const batch of batches) expect(batch.sensorOf).toHaveLength(7);
    expect(sequencesOf(batches)).toEqual(alone.slice(0, batches.length * 7));
    const firsts = alone.map(({ first }) => first);
    expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
  });

  it("stops after the asked number of steps", () => {
    const span = { from: 0, to: 200 };
    const all = epochBatches(settings, span, 3, 3, random(5));
    expect(epochBatches({ ...settings, stepsPerEpoch: 2 }, span, 3, 3, random(5))).toEqual(all.slice(0, 2));
    expect(epochBatches({ ...settings, stepsPerEpoch: 1000 }, span, 3, 3, random(5))).toEqual(all);
  });

  it("trains on a span with room for fewer sequences than a batch, whatever the seed", () => {
    assert(
      property(integer(), integer({ min: 0, max: 20 }), (seed, spare) => {
        const span = { from: 0, to: 13 + 3 + spare };
        const batches = epochBatches({ ...settings, batch: 64 }, span, 3, 3, random(seed));
        expect(batches.length).toBeGreaterThan(0);
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
