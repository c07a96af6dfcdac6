/** Two backtests in one folder, and what a killed one leaves behind. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_PIPELINE, TinyProject } from "./tinyProject.ts";

/** Far longer than a test may take: a fold of it ends because it is ended, not because it is done. */
const ENDLESS = TINY_PIPELINE.replace("floatEpochs: 1", "floatEpochs: 1000").replace(
  "stepsPerEpoch: 5",
  "stepsPerEpoch: 500\n  patience: 1000",
);
const WORDS = ["--span", "1d", "--folds", "1", "--out", "out", "--quiet"];
const POLL_MS = 20;

/** Waits for what a process does; the test's own limit ends it. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // One that has ended but was not waited for by its new parent.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("ordinance backtest, where another one works or worked", () => {
  let project: TinyProject;
  beforeAll(() => {
    project = new TinyProject({ "endless.yaml": ENDLESS.replace("name: tiny", "name: endless") });
  });
  afterAll(() => project.remove());

  /** A backtest whose first fold has begun. */
  const begun = async (pipeline: string) => {
    const script = fileURLToPath(new URL("../../dist/cli/ordinance.js", import.meta.url));
    const parent = spawn(process.execPath, [script, "backtest", `${pipeline}.yaml`, ...WORDS], {
      cwd: project.root,
      stdio: "ignore",
    });
    const ended = new Promise<void>((resolve) => parent.once("close", () => resolve()));
    const lock = project.path("out", pipeline, "folds", "fold-1.running", "writer-1.lock");
    await until(() => existsSync(lock) && readFileSync(lock, "utf8").endsWith("}"));
    const { pid } = JSON.parse(readFileSync(lock, "utf8")) as { pid: number };
    const kill = async (): Promise<void> => {
      parent.kill("SIGKILL");
      await ended;
    };
    return { foldPid: pid, kill };
  };
  const backtest = (pipeline: string, words: readonly string[] = WORDS) =>
    builtCommand("ordinance", ["backtest", `${pipeline}.yaml`, ...words], { cwd: project.root });

  describe("while it works", () => {
    let second: Ended;
    beforeAll(async () => {
      const first = await begun("endless");
      second = await backtest("endless");
      await first.kill();
      // Where the fold did not end with its parent, this would go on until the hook's limit.
      await until(() => !isAlive(first.foldPid));
    });

    it("is refused, and the folds of the other end with it when it is killed", () => {
      expect(second.status).toBe(2);
      expect(second.stderr).toMatch(
        /out\/endless: another backtest is at work there \(process \d+ writes to it; stop that one first\.\)/,
      );
    });
  });

  describe("after it was killed", () => {
    let resumed: Ended;
    let foldPid: number;
    beforeAll(async () => {
      const straight = backtest("tiny", WORDS.with(WORDS.indexOf("out"), "straight"));
      const first = await begun("tiny");
      ({ foldPid } = first);
      await first.kill();
      resumed = await backtest("tiny");
      await straight;
    });

    it("goes on to the same bytes", () => {
      expect(resumed).toMatchObject({ status: 0 });
      for (const name of ["scores.json", "scores.parquet", "report.html"]) {
        expect(readFileSync(project.path("out", "tiny", name))).toEqual(
          readFileSync(project.path("straight", "tiny", name)),
        );
      }
    });

    it("leaves no lock and no process", () => {
      expect(isAlive(foldPid)).toBe(false);
      expect(existsSync(project.path("out", "tiny", "folds", "fold-1.running"))).toBe(false);
      expect(existsSync(project.path("out", "tiny", "writer-1.lock"))).toBe(false);
    });
  });
});
