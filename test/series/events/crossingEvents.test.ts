import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossingEvents } from "../../../src/series/events/crossingEvents.ts";

const readings = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)), {
  minLength: 8,
  maxLength: 8,
});

describe("crossingEvents", () => {
  it("falls from 0 or more to below 0, on the line between", () => {
    const { instants, knownAt, tokens } = crossingEvents(
      Float64Array.of(3, -1, NaN, NaN, 0, 0, -2, -3, 1, 2, 1, NaN, NaN, -1, 5, 5),
      8,
      "fall",
    );
    expect([...tokens]).toEqual([0, 1, 0]);
    expect([...instants]).toEqual([0.75, 3.5, 5]);
    expect([...knownAt]).toEqual([1, 5, 6]);
  });

  it("rises and falls in turns at each sensor, each known by the reading at or after its instant", () => {
    fc.assert(
      fc.property(fc.array(readings, { minLength: 1, maxLength: 3 }), (rows) => {
        const all = Float64Array.from(rows.flat());
        const [rises, falls] = [crossingEvents(all, 8, "rise"), crossingEvents(all, 8, "fall")];
        rows.forEach((own, sensor) => {
          const of = ({ knownAt, tokens }: typeof rises, turn: number): [number, number][] =>
            Array.from(knownAt, (step): [number, number] => [step, turn]).filter(
              (_, k) => tokens[k] === sensor,
            );
          const turns = [...of(rises, 1), ...of(falls, -1)].sort(([a], [b]) => a - b);
          turns.slice(1).forEach(([, turn], k) => expect(turn).toBe(-turns[k]![1]));
          for (const [step, turn] of turns) expect(own[step]! >= 0).toBe(turn === 1);
        });
        for (const { instants, knownAt } of [rises, falls]) {
          instants.forEach((instant, k) => expect(instant).toBeLessThanOrEqual(knownAt[k]!));
        }
      }),
    );
  });
});
