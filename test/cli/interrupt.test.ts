import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_PIPELINE, TinyProject } from "./tinyProject.ts";

/** Far above what an interruption takes, far below what the rest of the work would. */
const SECONDS_TO_STOP = 10;

const INSTANT = "2025-03-20T23-00-00Z";
const EPOCHS = 12;
const MARK = 1234.5;
const LONGER = TINY_PIPELINE.replace("floatEpochs: 1", `floatEpochs: ${EPOCHS}`)
  .replace("ternaryEpochs: 1", `ternaryEpochs: ${EPOCHS}`)
  .replace("stepsPerEpoch: 5", "stepsPerEpoch: 6\n  patience: 1000");

describe("ordinance run, interrupted while it trains", () => {
  let project: TinyProject;
  let stopped: Ended;
  let leftBehind: string[];
  let epochsDone: number;
  let resumed: Ended;

  const run = (out: string, interruptWhen?: () => boolean) =>
    builtCommand("ordinance", ["run", "tiny.yaml", "--out", out], {
      cwd: project.root,
      ...(interruptWhen && { interruptWhen }),
    });
  const result = (out: string, file: string): Buffer =>
    readFileSync(project.path(out, "tiny", INSTANT, ...file.split("/")));

  beforeAll(async () => {
    project = new TinyProject({ "tiny.yaml": LONGER });
    const checkpoint = project.path("stopped", "tiny", "checkpoint.json");
    const straight = run("straight");
    stopped = await run("stopped", () => existsSync(checkpoint));
    leftBehind = readdirSync(project.path("stopped", "tiny"));
    const state = JSON.parse(readFileSync(checkpoint, "utf8")) as { history: { trainingLoss: number }[] };
    epochsDone = state.history.length;
    // A mark that only a run which goes on from this very checkpoint can know; nothing is computed from it.
    state.history[0]!.trainingLoss = MARK;
    writeFileSync(checkpoint, JSON.stringify(state));
    resumed = await run("stopped");
    await straight;
  });
  afterAll(() => project.remove());

  it("stops with status 130 and says how to go on", () => {
    expect(stopped).toMatchObject({ status: 130, stdout: "" });
    expect(stopped.stderr).toMatch(/Interrupted.*same command goes on/);
    expect(stopped.stderr).not.toMatch(/ERROR|\n\s+at /);
    expect(stopped.secondsToStop).toBeLessThan(SECONDS_TO_STOP);
  });

  it("leaves a checkpoint of the epochs that were finished and nothing else", () => {
    expect(leftBehind).toEqual(["checkpoint.json"]);
    expect(epochsDone).toBeGreaterThanOrEqual(1);
    expect(epochsDone).toBeLessThan(2 * EPOCHS);
  });

  it("goes on from there when run again, and forgets the checkpoint", () => {
    expect(resumed.status).toBe(0);
    expect(resumed.stderr).toContain("Resuming from stopped/tiny/checkpoint.json");
    const { training } = JSON.parse(result("stopped", "card.json").toString()) as { training: object[] };
    expect(training).toHaveLength(2 * EPOCHS);
    expect(training[0]).toMatchObject({ trainingLoss: MARK });
    expect(readdirSync(project.path("stopped", "tiny"))).toEqual([INSTANT]);
  });

  it.each(["edge/model.ordinance", "forecast.parquet", "forecast.arrow"])(
    "ends with the same bytes of %s as a run that was left alone",
    (file) => expect(result("stopped", file).equals(result("straight", file))).toBe(true),
  );
});

describe("ordinance run, interrupted while it proves", () => {
  it("stops with status 130 and leaves no result", async () => {
    const project = new TinyProject({
      "tiny.yaml": TINY_PIPELINE.replace("windows: 40", "windows: 1000000"),
    });
    const stopped = await builtCommand("ordinance", ["run", "tiny.yaml"], {
      cwd: project.root,
      interruptWhen: ({ stderr }) => stderr.includes("Testing"),
    });
    expect(stopped.status).toBe(130);
    expect(stopped.secondsToStop).toBeLessThan(SECONDS_TO_STOP);
    expect(stopped.stderr).toContain("Interrupted");
    expect(stopped.stderr).not.toContain("done Proving");
    expect(readdirSync(project.path("out", "tiny"))).toEqual(["checkpoint.json"]);
    project.remove();
  });
});
