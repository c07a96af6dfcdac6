import { describe, expect, it } from "vitest";
import { startAt } from "../../../src/jobs/events/testHorizon.ts";

const stream = {
  tokens: Int32Array.of(4, 5, 6, 7),
  instants: Float64Array.of(1.5, 2.5, 3.5, 6),
  gaps: Float64Array.of(0, 5, 5, 12.5),
  // The second was seen only by the reading of step 5.
  knownAt: Int32Array.of(2, 5, 4, 6),
};
const states = [1, 2, 3, 4].map((value) => Float32Array.of(value));

describe("startAt", () => {
  it.each([
    [1, undefined],
    [2, 4],
    [4, 4],
    [5, 6],
    [9, 7],
  ])("at step %i begins after the last event before which all are known", (now, token) => {
    const start = startAt({ stream, states }, now);
    expect(start?.token).toBe(token);
    if (start === undefined) return;
    const event = stream.tokens.indexOf(start.token);
    expect(start).toEqual({
      token,
      now,
      state: states[event],
      instant: stream.instants[event],
      gap: stream.gaps[event],
    });
  });
});
