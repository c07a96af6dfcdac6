import { Effect, FileSystem, Path } from "effect";
import { describe, expect } from "vitest";
import { FileFaulty } from "../../src/ingest/readYamlFile.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import { itEffect } from "./itEffect.ts";

/** Reads a text as the file `pipeline.yaml`. */
const read = (text: string) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem;
    const file = `${yield* files.makeTempDirectoryScoped()}/pipeline.yaml`;
    yield* files.writeFileString(file, text);
    return file;
  }).pipe(Effect.orDie, Effect.flatMap(readPipeline));

const smallest = `
name: city-1
data: arterial
rules: rules.stl
forecast:
  targets: [speed]
  history: 2h
  horizon: 90min
`;

describe("a pipeline file", () => {
  itEffect("needs names, targets and two durations; everything else has its default", () =>
    Effect.gen(function* () {
      const pipeline = yield* read(smallest);
      expect(JSON.parse(JSON.stringify(pipeline))).toEqual({
        name: "city-1",
        data: "arterial",
        rules: "rules.stl",
        validationShare: 0.1,
        testShare: 0.2,
        forecast: {
          targets: ["speed"],
          covariates: [],
          circular: [],
          log: [],
          history: "2h",
          horizon: "90min",
          baseline: "persistence",
          season: "24h",
          quantiles: [0.1, 0.9],
          quantum: {},
          everySensor: [],
          unseen: [],
        },
        model: { units: 32, layers: 1, headUnits: 32, embedding: 4 },
        training: {
          seed: 1,
          floatEpochs: 6,
          ternaryEpochs: 6,
          batch: 32,
          warmup: "24h",
          scored: "5d",
          learningRate: 3e-3,
          ternaryLearningRate: 2e-3,
          weightDecay: 1e-2,
          clipNorm: 1,
          dropout: 0.2,
          embeddingDropout: 0,
          engine: "fused",
          threads: 1,
          loss: "absolute",
          leadDecay: 0,
          averaging: 0.99,
          patience: 3,
          ruleLoss: "robustness",
          ruleBeta: 0.5,
          ruleWeight: 0.1,
          ruleMargin: 0.3,
          ruleTemperature: [1, 10],
          ruleOrigins: 24,
          ruleStride: 4,
        },
        proof: { windows: 2000, seed: 1, confidence: 0.95 },
        release: { target: "unassigned" },
      });
    }),
  );

  itEffect("keeps what it is given, and the defaults beside it", () =>
    Effect.gen(function* () {
      const pipeline = yield* read(
        `${smallest}  quantum: { speed: 0.5 }\n  neighbourKilometres: 2.5\nfrom: 2015-03-01\nto: 2015-03-01T12:30\ntraining: { floatEpochs: 2, stepsPerEpoch: 9, threads: 1 }\n`,
      );
      expect(pipeline).toMatchObject({
        from: "2015-03-01",
        to: "2015-03-01T12:30",
        forecast: { quantum: { speed: 0.5 }, neighbourKilometres: 2.5 },
        training: { floatEpochs: 2, stepsPerEpoch: 9, threads: 1, ternaryEpochs: 6 },
      });
    }),
  );

  itEffect("tells every fault at once, each at its own line, unknown keys with the nearest known", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        read(
          [
            "name: My City",
            "data: ''",
            "fro: 2015-03-01",
            "to: 1.3.2015",
            "testShare: 0.9",
            "forecast:",
            "  targets: []",
            "  history: two hours",
            "  horizon: 1h",
            "  baseline: mean",
            "  quantiles: [0.5, 1]",
            "  quantum: { speed: 0 }",
            "training:",
            "  floatEpochs: 0",
            "  ternaryEpochs: 1.5",
            "  dropout: 1",
            "  ruleTemperature: [1]",
          ].join("\n"),
        ),
      );
      if (!(failure instanceof FileFaulty)) throw failure;
      const places = new Set(failure.problems.map((problem) => problem.line));
      // Line 1 also carries the missing key `rules`.
      expect([...places].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 14, 15, 16, 17]);
      const at = (line: number): string =>
        failure.problems
          .filter((problem) => problem.line === line)
          .map((problem) => problem.message)
          .join(" ");
      expect(at(1)).toContain("`rules` is missing");
      expect(at(1)).toContain("lower-case letters");
      expect(at(3)).toContain("`from`");
      expect(at(8)).toMatch(/duration such as/);
      expect(failure.message.split("\n").length).toBeGreaterThanOrEqual(15);
      expect(failure.message).toMatch(/pipeline\.yaml:3:1: /);
    }),
  );

  itEffect("that cannot be read says which", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(readPipeline("/nowhere/city.yaml"));
      expect(failure.message).toContain(
        "/nowhere/city.yaml: the pipeline cannot be read (there is no such file",
      );
    }),
  );

  itEffect("of every shipped job that forecasts values is sound, and named as its file", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem;
      const path = yield* Path.Path;
      const folder = path.resolve(import.meta.dirname, "../../pipelines");
      const all = yield* files.readDirectory(folder);
      const names = all.filter((name) => !name.endsWith("-events.yaml"));
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const pipeline = yield* readPipeline(path.join(folder, name));
        expect(`${pipeline.name}.yaml`).toBe(name);
      }
    }),
  );
});
