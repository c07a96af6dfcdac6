import { Effect, Layer } from "effect";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { sharedKernelThread } from "../../src/kernels/KernelThread.ts";
import { loadRunPanel } from "../../src/jobs/loadRunPanel.ts";
import { prepareRun } from "../../src/jobs/prepareRun.ts";
import { Progress } from "../../src/jobs/Progress.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import { trainRun } from "../../src/jobs/trainRun.ts";
import { type Engine, selectEngine } from "../../src/model/engine.ts";
import { TINY_PIPELINE, TinyProject } from "../cli/tinyProject.ts";
import { itEffect } from "./itEffect.ts";

/** Wide enough for the kernels to share a batch between two threads. */
const WIDE = TINY_PIPELINE.replace("units: 4", "units: 16, layers: 2")
  .replace("batch: 4", "batch: 40")
  .replace("floatEpochs: 1", "floatEpochs: 3");

let project: TinyProject;
beforeAll(() => {
  project = new TinyProject({ "tiny.yaml": WIDE });
});
afterAll(() => project.remove());

const prepared = Effect.gen(function* () {
  const file = project.path("tiny.yaml");
  const pipeline = yield* readPipeline(file);
  return yield* prepareRun(pipeline, file, yield* loadRunPanel(pipeline, file));
}).pipe(Effect.provide(DataPlace.layer), Effect.provide(Progress.silent));

/** Stops a training, as the end of its process would, once a file is there. */
const stoppingAt = (file: string, engine: Engine): Engine => ({
  ...engine,
  run: (...values) => {
    if (existsSync(file)) throw new Error("stopped");
    return engine.run(...values);
  },
});

describe("trainRun", () => {
  itEffect("goes on with two threads from the checkpoint of one, to the bytes of the straight run", () =>
    Effect.gen(function* () {
      const run = yield* prepared;
      const notes: string[] = [];
      const noting = Layer.succeed(
        Progress,
        Progress.of({ stage: () => {}, update: () => {}, note: (line) => notes.push(line), end: () => {} }),
      );
      const [one, two] = yield* Effect.promise(() =>
        Promise.all([selectEngine("fused", 1), selectEngine("fused", 2)]),
      );
      const train = (folder: string, engine: Engine) =>
        trainRun(run, project.path(folder), engine).pipe(Effect.provide(noting));
      project.write("straight/empty", "");
      project.write("stopped/empty", "");

      const straight = yield* train("straight", one);
      expect(notes).toEqual([]);
      const stopped = yield* Effect.exit(
        train("stopped", stoppingAt(project.path("stopped", "checkpoint.json"), one)),
      );
      expect(stopped._tag).toBe("Failure");
      const thread = sharedKernelThread();
      while (!thread.ready) yield* Effect.sleep(5);
      const start = vi.spyOn(thread, "start");
      const resumed = yield* train("stopped", two);
      expect(start.mock.results.some(({ value }) => value === true)).toBe(true);
      expect(notes).toEqual([
        expect.stringMatching(/^Resuming from .*checkpoint\.json: 1 epochs are done\.$/),
      ]);
      expect(resumed).toEqual(straight);
    }),
  );
});
