/** Training with vectors of sensors that are made of fewer rows. */
import { Effect } from "effect";
import { describe, expect, it } from "vitest";
import { runFused } from "../../src/model/runFused.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/train/Checkpoint.ts";
import type { EmbeddingChoice } from "../../src/train/EmbeddingChoice.ts";
import { lossScale } from "../../src/train/lossScale.ts";
import { embeddingRows } from "../../src/train/startingLayout.ts";
import { trainForecaster, type TrainingJob, validationStride } from "../../src/train/trainForecaster.ts";
import { validate } from "../../src/train/validate.ts";
import { dataOf, panelOf, shapeOf, smallSettings } from "./smallData.ts";

const panel = panelOf(
  [
    Array.from({ length: 9 }, (_, sensor) =>
      Array.from(
        { length: 200 },
        (_step, step) => 30 + 10 * Math.sin((2 * Math.PI * (step + 8 * (sensor % 3))) / 24) + sensor,
      ),
    ),
  ],
  ["flow"],
);
const data = dataOf(panel, { targets: ["flow"] });
const shape = shapeOf(data);
const jobWith = (embedding: EmbeddingChoice | undefined): TrainingJob => ({
  data,
  shape,
  rules: [],
  training: { from: 0, to: 140 },
  validation: { from: 140, to: 200 },
  settings: { ...smallSettings, floatEpochs: 5, patience: 9 },
  fingerprint: "table",
  run: runFused,
  ...(embedding && { embedding }),
});

const train = async (job: TrainingJob) => {
  const stored: Checkpoint[] = [];
  const trained = await Effect.runPromise(
    trainForecaster(job, {
      save: (checkpoint) => Effect.sync(() => stored.push(decodeCheckpoint(encodeCheckpoint(checkpoint))!)),
      progress: () => {},
    }),
  );
  return { trained, stored };
};

const choices: readonly EmbeddingChoice[] = [
  { kind: "table", start: "profile", reallocate: true },
  { kind: "table", start: "random", reallocate: true },
  { kind: "hashed", rows: 4 },
  { kind: "quotient" },
  { kind: "features" },
];

describe.each(choices)("an embedding of $kind $start", (choice) => {
  it("trains as many rows as it says, gives a vector for every sensor, and resumes to the bit", async () => {
    const straight = await train(jobWith(choice));
    const { float, history, ternary } = straight.trained;
    expect(straight.stored[0]!.parameters.embedding).toHaveLength(
      embeddingRows(choice, shape, 1) * shape.embedding,
    );
    expect(float.embedding).toHaveLength(9 * shape.embedding);
    expect(ternary.embedding).toHaveLength(9 * shape.embedding);
    // What is returned is what was judged.
    for (const [phase, parameters] of [
      ["float", float],
      ["ternary", ternary],
    ] as const) {
      const job = jobWith(undefined);
      const { loss } = validate(
        runFused,
        parameters,
        shape,
        data,
        job.validation,
        validationStride(job.validation),
        lossScale(data, job.training, job.settings),
        [],
        phase === "ternary",
      );
      const losses = history.filter((each) => each.phase === phase).map((each) => each.validationLoss);
      expect(loss).toBe(Math.min(...losses));
    }
    for (const index of [0, 2, 5]) {
      const resumed = await train({ ...jobWith(choice), checkpoint: straight.stored[index]! });
      expect(resumed.trained).toEqual(straight.trained);
      expect(resumed.stored).toEqual(straight.stored.slice(index + 1));
    }
  });
});

describe("reallocation between float epochs", () => {
  it("keeps a table only where it lowers the validation loss, and leaves all as it was where not", async () => {
    const kept: boolean[] = [];
    for (const seed of [1, 2, 3, 4]) {
      const job = jobWith({ kind: "table", start: "random", reallocate: true });
      const { stored, trained } = await train({ ...job, settings: { ...job.settings, seed } });
      trained.history.forEach(({ epoch, phase, reallocation, validationLoss }, index) => {
        // The last float epoch has no next one.
        expect(reallocation !== undefined).toBe(phase === "float" && epoch < 5);
        if (reallocation === undefined) return;
        kept.push(reallocation.kept);
        const before = stored[index - 1]?.table;
        const after = stored[index]!.table!;
        if (before !== undefined)
          expect(reallocation.kept || after.cellOf.join() === before.cellOf.join()).toBe(true);
        if (reallocation.kept) expect(validationLoss).toBe(reallocation.loss);
        else expect(reallocation.loss).toBeGreaterThanOrEqual(validationLoss);
      });
    }
    expect(new Set(kept)).toEqual(new Set([true, false]));
  });

  it("is not tried where the pipeline does not ask for it", async () => {
    const { stored, trained } = await train(jobWith({ kind: "table", start: "profile", reallocate: false }));
    expect(trained.history.every(({ reallocation }) => reallocation === undefined)).toBe(true);
    expect(new Set(stored.map(({ table }) => table!.cellOf.join())).size).toBe(1);
  });
});
