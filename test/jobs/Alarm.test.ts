import { Effect, FileSystem } from "effect";
import { assert, double, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Alarm, alarmConflicts, alarmsOf, passes } from "../../src/jobs/Alarm.ts";
import { FileFaulty } from "../../src/ingest/readYamlFile.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import { quantileConflicts, quantileLevels } from "../../src/jobs/quantileLevels.ts";
import { random } from "../../src/series/random.ts";
import { itEffect } from "./itEffect.ts";

const base = `name: city
data: arterial
rules: rules.stl
forecast:
  targets: [pm25, pm10]
  history: 2h
  horizon: 1h
`;

const read = (text: string, conflictsOf?: Parameters<typeof readPipeline>[1]) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem;
    const file = `${yield* files.makeTempDirectoryScoped()}/city.yaml`;
    yield* files.writeFileString(file, text);
    return file;
  }).pipe(
    Effect.orDie,
    Effect.flatMap((file) => readPipeline(file, conflictsOf)),
  );

describe("alarmsOf", () => {
  itEffect("gives each alarm its name, side and level", () =>
    Effect.gen(function* () {
      const pipeline = yield* read(
        `${base}alarms:\n  - { channel: pm10, above: 150, missCost: 3 }\n  - { channel: pm25, below: 5, missCost: 4, name: clean }\n  - { channel: pm25, above: 0, missCost: 1 }\n`,
      );
      expect(alarmsOf(pipeline)).toEqual([
        { name: "pm10 above 150", target: 1, side: "above", threshold: 150, missCost: 3, level: 0.75 },
        { name: "clean", target: 0, side: "below", threshold: 5, missCost: 4, level: 0.2 },
        { name: "pm25 above 0", target: 0, side: "above", threshold: 0, missCost: 1, level: 0.5 },
      ]);
      // 0.5 is the median, which every forecast has.
      expect(quantileLevels(pipeline)).toEqual({ issued: [0.1, 0.9], all: [0.1, 0.2, 0.75, 0.9] });
    }),
  );

  itEffect("is empty without alarms", () =>
    Effect.gen(function* () {
      const pipeline = yield* read(base);
      expect(alarmsOf(pipeline)).toEqual([]);
      expect(quantileLevels(pipeline).all).toEqual([0.1, 0.9]);
    }),
  );

  itEffect("takes the decision that costs least, for any cost and any distribution", () =>
    Effect.gen(function* () {
      const pipelines = new Map<string, Alarm>();
      for (const side of ["above", "below"]) {
        for (const missCost of [0.25, 1, 3, 7, 40]) {
          const pipeline = yield* read(
            `${base}alarms: [{ channel: pm25, ${side}: 100, missCost: ${missCost} }]\n`,
          );
          pipelines.set(`${side} ${missCost}`, alarmsOf(pipeline)[0]!);
        }
      }
      for (const alarm of pipelines.values()) {
        assert(
          property(integer(), double({ min: 20, max: 180, noNaN: true }), (seed, centre) => {
            const source = random(seed);
            const readings = Array.from({ length: 401 }, () => centre + 40 * source.normal());
            readings.sort((a, b) => a - b);
            const events = readings.filter((reading) => passes(alarm, reading)).length;
            const costOfNone = alarm.missCost * events;
            const costOfAlarm = readings.length - events;
            // Lower and upper empirical quantiles differ by one reading: there either decision costs the same, but for it.
            const quantile = readings[Math.min(400, Math.floor(alarm.level * 401))]!;
            const cost = passes(alarm, quantile) ? costOfAlarm : costOfNone;
            expect(cost).toBeLessThanOrEqual(Math.min(costOfAlarm, costOfNone) + alarm.missCost + 1);
          }),
          { seed: 41, numRuns: 60 },
        );
      }
    }),
  );

  it("is raised past its threshold, not on it, and not by a missing value", () => {
    const above: Alarm = { name: "a", target: 0, side: "above", threshold: 5, missCost: 1, level: 0.5 };
    const below: Alarm = { ...above, side: "below" };
    const values = [4, 5, 6, Number.NaN];
    expect(values.map((value) => passes(above, value))).toEqual([false, false, true, false]);
    expect(values.map((value) => passes(below, value))).toEqual([true, false, false, false]);
  });
});

describe("alarmConflicts", () => {
  itEffect("tells every fault at once, each at its own place with its remedy", () =>
    Effect.gen(function* () {
      const alarms = [
        "alarms:",
        "  - { channel: pm2, above: 150, missCost: 3 }",
        "  - { channel: ozone, above: 1, missCost: 3, name: odd }",
        "  - { channel: pm10, above: 150, below: 20, missCost: 3 }",
        "  - { channel: pm10, missCost: 3 }",
        "  - { channel: pm25, above: 150, missCost: 3 }",
        "  - { channel: pm25, above: 150, missCost: 5 }",
        "  - { channel: pm25, above: 35, missCost: 5, name: odd }",
      ];
      const failure = yield* Effect.flip(read(`${base}${alarms.join("\n")}\n`, alarmConflicts));
      if (!(failure instanceof FileFaulty)) throw failure;
      const lines = failure.problems.map(({ column, line, message }) => `${line}:${column} ${message}`);
      expect(lines).toEqual([
        "9:7 an alarm needs a channel of forecast.targets, and pm2 is none; did you mean pm25?",
        "10:7 an alarm needs a channel of forecast.targets, and ozone is none; it forecasts pm25, pm10",
        "11:34 the alarm has both above 150 and below 20; keep one, and make two alarms of it for both",
        "12:5 the alarm has no threshold; give above or below",
        "14:5 two alarms are called pm25 above 150; give one of them another name",
        "15:46 two alarms are called odd; give one of them another name",
      ]);
    }),
  );

  itEffect("leaves what one alarm lacks or has out of range to the schema, at its place", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        read(
          `${base}alarms:\n  - { channel: pm25, above: 150 }\n  - { channel: pm25, above: 1, missCost: 0 }\n`,
        ),
      );
      if (!(failure instanceof FileFaulty)) throw failure;
      expect(failure.problems.map(({ line }) => line)).toEqual([9, 10]);
      expect(failure.message).toContain("`alarms.0.missCost` is missing");
    }),
  );
});

describe("quantileConflicts", () => {
  itEffect("refuses heads for nothing, and takes those that an alarm alone needs", () =>
    Effect.gen(function* () {
      const empty = base.replace("horizon: 1h", "horizon: 1h\n  quantiles: [0.5]\n  quantileHeads: true");
      const failure = yield* Effect.flip(read(empty, quantileConflicts));
      expect(failure.message).toMatch(
        /city\.yaml:9:3: forecast\.quantileHeads learns quantiles, but .* name none/,
      );
      const pipeline = yield* read(`${empty}alarms: [{ channel: pm25, above: 1, missCost: 3 }]\n`);
      expect(quantileConflicts(pipeline)).toEqual([]);
      expect(quantileLevels(pipeline)).toEqual({ issued: [], all: [0.75] });
    }),
  );
});
