import { Effect } from "effect";
import { beforeAll, describe, expect, it } from "vitest";
import type { PreparedEvents } from "../../../src/jobs/events/prepareEvents.ts";
import { walkStream } from "../../../src/jobs/events/walkStream.ts";
import { scoreTimedEvents } from "../../../src/train/events/scoreEvents.ts";
import { streamTiming } from "../../../src/train/events/StreamTiming.ts";
import { eventModelOf, preparedEvents } from "./preparedEvents.ts";

let run: PreparedEvents;
beforeAll(async () => {
  run = await preparedEvents();
});

describe("walkStream", () => {
  it("foretells each event as the model of batches does with one stream", async () => {
    const { model } = eventModelOf(run);
    const { bins, parts, times } = run;
    const { gaps, instants, tokens } = parts.training;
    let [which, when] = [0, 0];
    const told: number[] = [];
    const timing = streamTiming(times, bins, instants, gaps);
    const { states } = await Effect.runPromise(
      walkStream(model, times, parts.training, (event, foretold) => {
        told.push(event);
        which -= Math.log(foretold.which[tokens[event]!]!);
        when -= Math.log(foretold.when[timing.bins[event]!]!);
      }),
    );
    const count = tokens.length - 1;
    expect(told).toEqual(Array.from({ length: count }, (_, k) => k + 1));
    expect(states).toHaveLength(tokens.length);
    const cut = { batch: 1, steps: 1000 };
    const batch = scoreTimedEvents(
      model.kernels,
      model.shape,
      model.parameters,
      undefined,
      tokens,
      cut,
      timing,
    );
    expect(which / count).toBeCloseTo(batch.which, 5);
    expect(when / count).toBeCloseTo(batch.when, 5);
  });
});
