import { describe, expect, it } from "vitest";
import { deriveEvents } from "../../../src/jobs/events/deriveEvents.ts";
import type { EventPipeline } from "../../../src/jobs/events/EventPipeline.ts";
import { crossingEvents } from "../../../src/series/events/crossingEvents.ts";
import type { Panel } from "../../../src/series/Panel.ts";
import { random } from "../../../src/series/random.ts";
import { parseSpec } from "../../../src/stl/index.ts";

const STEPS = 300;
const numbers = random(12);
/** Speeds of three sensors, then flows. */
const values = Float64Array.from({ length: 6 * STEPS }, () =>
  numbers.uniform() < 0.05 ? NaN : Math.round(1000 * numbers.uniform()) / 10,
);
const panel: Panel = {
  name: "roads",
  zone: "UTC",
  startMs: Date.UTC(2025, 0, 6),
  stepMs: 300_000,
  steps: STEPS,
  sensors: ["a", "b", "c"],
  channels: [
    { name: "speed", unit: "km/h" },
    { name: "flow", unit: "veh/h" },
  ],
  values,
};
const { spec } = parseSpec(`
  signal speed : real in km/h; signal flow : real in veh/h;
  let slow(s) = speed[s] <= 30 km/h;
  require limit : forall s in sensors : always[5min, 1h] speed[s] <= 70 km/h;
  require ends : forall s in sensors : always[5min, 1h] (speed[s] < 20 km/h implies eventually[0min, 15min] speed[s] > 40 km/h);
  require city : always[5min, 1h] mean(s in sensors : speed[s]) >= 40 km/h;
  require whole : forall s in sensors : eventually speed[s] > 99 km/h;
`);

type Entry = EventPipeline["events"][number];
const derive = (...entries: Entry[]) => deriveEvents(entries, spec, panel);
/** Events of signal values on [0, rows), as robustness over what `of` makes of them. */
const crossings = (of: (value: number) => number, edge: "rise" | "fall") =>
  crossingEvents(values.subarray(0, 3 * STEPS).map(of), STEPS, edge);

describe("deriveEvents", () => {
  it.each<[string, Entry]>([
    ["a signal of each sensor", { when: "rise(speed <= 30 km/h)" }],
    ["in another unit", { when: "rise(speed * 2 <= 60000 m/h)" }],
    ["with an index", { when: "rise(speed[s] <= 30 km/h)" }],
    ["by a let of the rules", { when: "rise(slow(s))" }],
  ])("finds where a condition becomes true: %s", (_, entry) => {
    const { conflicts, kinds, stream } = derive(entry);
    expect(conflicts).toEqual([]);
    const expected = crossings((speed) => 30 - speed, "rise");
    expect(stream.tokens).toEqual(expected.tokens);
    expect(stream.knownAt).toEqual(expected.knownAt);
    stream.instants.forEach((instant, k) => expect(instant).toBeCloseTo(expected.instants[k]!, 9));
    expect(kinds).toMatchObject([{ name: entry.when, edge: "rise", delay: 0 }]);
    expect(stream.tokens.length).toBeGreaterThan(20);
  });

  it("finds where a rule is broken at a sensor, and where it is kept again", () => {
    expect(derive({ rule: "limit" }).stream).toEqual(crossings((speed) => 70 - speed, "fall"));
    expect(derive({ rule: "limit", becomes: "kept" }).stream).toEqual(
      crossings((speed) => 70 - speed, "rise"),
    );
    const { kinds } = derive(
      { rule: "limit" },
      { rule: "limit", becomes: "kept" },
      { name: "x", rule: "ends" },
    );
    expect(kinds.map(({ delay, edge, name }) => [name, edge, delay])).toEqual([
      ["limit broken", "fall", 0],
      ["limit kept", "rise", 0],
      ["x", "fall", 3],
    ]);
  });

  it("dates an event of a rule that looks ahead to when it is known", () => {
    const { stream } = derive({ rule: "ends" });
    expect(stream.tokens.length).toBeGreaterThan(3);
    // Broken at a step: slow there, and no reading above 40 until three steps later.
    stream.knownAt.forEach((step, k) => {
      const at = stream.tokens[k]! * STEPS + step - 3;
      expect(values[at]).toBeLessThan(20);
      for (let ahead = 0; ahead <= 3; ahead++) expect(values[at + ahead]).not.toBeGreaterThan(40);
      expect(stream.instants[k]).toBeGreaterThan(step - 1);
    });
  });

  it("keeps kinds apart", () => {
    const { stream } = derive({ when: "rise(speed <= 30 km/h)" }, { when: "fall(flow >= 50 veh/h)" });
    const first = derive({ when: "rise(speed <= 30 km/h)" }).stream;
    expect(stream.tokens.filter((token) => token < 3)).toEqual(first.tokens);
    expect(stream.tokens.filter((token) => token >= 3).length).toBeGreaterThan(20);
    expect(Math.max(...stream.tokens)).toBe(5);
  });

  it("tells everything that is wrong at once, each at its key", () => {
    const { conflicts } = derive(
      { when: "rise(sped <= 30 km/h)" },
      { when: "rise(speed <= 30 ug/m3)" },
      { when: "speed <= 30 km/h" },
      { when: "rise(speed <= )" },
      { rule: "limits" },
      { rule: "city" },
      { rule: "whole" },
      { rule: "limit", when: "rise(speed <= 1 km/h)" },
      {},
      { when: "fall(speed <= 3 km/h)", becomes: "kept" },
      { when: "fall(speed <= 3 km/h)" },
    );
    expect(conflicts.map(({ message, path }) => [path.join("."), message])).toEqual([
      ["events.0.when", expect.stringMatching(/column 6: .*sped.*Did you mean speed\?/)],
      ["events.1.when", expect.stringMatching(/column \d+: .*km\/h/)],
      ["events.2.when", expect.stringMatching(/write rise\(speed <= 30 km\/h\)/)],
      ["events.3.when", expect.stringMatching(/column 15/)],
      ["events.4.rule", "event limits broken: there is no rule limits; did you mean limit?"],
      ["events.5.rule", expect.stringMatching(/all sensors together; name a rule that begins with forall/)],
      ["events.6.rule", expect.stringMatching(/looks ahead without end/)],
      ["events.7", expect.stringMatching(/either a rule or a condition/)],
      ["events.8", expect.stringMatching(/either a rule or a condition/)],
      ["events.9.becomes", expect.stringMatching(/goes with a rule/)],
      ["events.10.name", expect.stringMatching(/two events named/)],
    ]);
  });
});
