import { readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { builtCommand } from "./builtCommand.ts";
import { TINY_PIPELINE, TinyProject } from "./tinyProject.ts";

/** Work enough for two threads, for as long as the second one takes to start. */
const ON_TWO = TINY_PIPELINE.replace("units: 4", "units: 16")
  .replace("batch: 4", "batch: 40\n  threads: 2\n  patience: 1000")
  .replace("floatEpochs: 1", "floatEpochs: 1000");

/** A thread that gives no answer is waited for ten seconds, and twenty times the caller's own share of the work. */
const WAITED_MS = 600_000;

/** Puts a thread in the place of the kernels' own that says it is ready, and ends at its first work. */
const DYING_THREAD = `
import workers from "node:worker_threads";
import { syncBuiltinESMExports } from "node:module";
const { Worker } = workers;
const script = \`
const { counters } = require("node:worker_threads").workerData;
Atomics.store(counters, 0, 1);
while (Atomics.load(counters, 1) === 0) Atomics.wait(counters, 1, 0, 50);
process.exit(3);\`;
workers.Worker = class extends Worker {
  constructor(_, options) {
    super(script, options);
  }
};
syncBuiltinESMExports();
`;

it(
  "ordinance run tells what to do where the second thread dies, with status 2 and no result",
  async () => {
    const project = new TinyProject({ "tiny.yaml": ON_TWO });
    const preload = pathToFileURL(project.write("dying.mjs", DYING_THREAD)).href;
    const { status, stderr, stdout } = await builtCommand("ordinance", ["run", "tiny.yaml"], {
      cwd: project.root,
      env: { NODE_OPTIONS: `--import ${preload}` },
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /second thread of the kernels failed in the float phase, epoch \d+, (step 1|validation): it gave no answer/,
    );
    expect(stderr).toMatch(/training\.threads: 1/);
    expect(stderr).not.toMatch(/fault of ordinance|\n\s+at /);
    expect(readdirSync(project.path("out", "tiny")).filter((name) => name !== "checkpoint.json")).toEqual([]);
    project.remove();
  },
  WAITED_MS,
);
