import { describe, expect, it } from "vitest";
import { crossingEvents } from "../../../src/series/events/crossingEvents.ts";
import { mergeStreams } from "../../../src/series/events/mergeStreams.ts";
import { partsOfStream } from "../../../src/series/events/partsOfStream.ts";

/** Two sensors; the first rises at 0.5 and 4.5, the second at 2.5, over a gap that ends at step 4. */
const readings = Float64Array.of(-1, 1, 1, -1, -1, 1, 1, -1, NaN, NaN, 1, 1);
const rises = crossingEvents(readings, 6, "rise");
/** The first falls at 2.5, the second at 0.5. */
const falls = crossingEvents(readings, 6, "fall");

describe("mergeStreams", () => {
  it("numbers tokens by kind and sensor, in order of time", () => {
    const { instants, knownAt, tokens } = mergeStreams(
      [
        { stream: rises, delay: 0 },
        { stream: falls, delay: 0 },
      ],
      2,
    );
    expect([...instants]).toEqual([0.5, 0.5, 2.5, 2.5, 4.5]);
    expect([...tokens]).toEqual([0, 3, 1, 2, 0]);
    expect([...knownAt]).toEqual([1, 1, 4, 3, 5]);
  });

  it("moves the events of a kind that looks ahead to when they are known", () => {
    const { instants, knownAt, tokens } = mergeStreams(
      [
        { stream: rises, delay: 3 },
        { stream: falls, delay: 0 },
      ],
      2,
    );
    expect([...instants]).toEqual([0.5, 2.5, 3.5, 5.5, 7.5]);
    expect([...tokens]).toEqual([3, 2, 0, 1, 0]);
    expect([...knownAt]).toEqual([1, 3, 4, 7, 8]);
  });
});

describe("partsOfStream", () => {
  it("puts an event after the cut that its reading comes after, and keeps every event once", () => {
    const [before, after, none] = partsOfStream(rises, [3, 6], 5);
    expect([...before!.instants]).toEqual([0.5]);
    // Dated 2.5, but seen by the reading of step 4.
    expect([...after!.instants]).toEqual([2.5, 4.5]);
    expect([...after!.gaps]).toEqual([10, 10]);
    expect([...before!.gaps]).toEqual([0]);
    expect(none!.tokens).toHaveLength(0);
  });
});
