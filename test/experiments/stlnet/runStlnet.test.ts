import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StlnetResult } from "../../../experiments/stlnet/stlnetTable.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
const program = join(root, "experiments", "run.ts");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ordinance-stlnet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wordsOf = (out: string): string[] => [
  tsx,
  program,
  "stlnet",
  "--quick",
  "--traces=400",
  `--out=${out}`,
  "flips",
  "step",
  "rare",
  "MI-GRU, direct",
];

const whole = async (out: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, wordsOf(out));
  return stdout;
};

/** Runs until a line on stderr has told of the first trial, and kills what is then in the middle of the second. */
const killedAfterOne = async (out: string): Promise<NodeJS.Signals | null> => {
  // Without the wrapper of tsx, which would leave its child alive.
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", ...wordsOf(out).slice(1)], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr!.on("data", (text: Buffer) => {
    if (text.includes("1 of 3")) child.kill("SIGKILL");
  });
  return new Promise((resolve) => {
    child.on("exit", (_, signal) => resolve(signal));
  });
};

const resultsIn = (out: string): Omit<StlnetResult, "seconds" | "machine">[] =>
  readdirSync(out)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const { cell, figures, passed, seed, task } = JSON.parse(
        readFileSync(join(out, file), "utf8"),
      ) as StlnetResult;
      return { cell, figures, passed, seed, task };
    });

it("goes on after a kill with the trial that it was at, and ends as if undisturbed", async () => {
  const [straight, killed] = [join(folder, "straight"), join(folder, "killed")];
  const table = await whole(straight);
  expect(await killedAfterOne(killed)).toBe("SIGKILL");
  const before = readdirSync(killed).filter((file) => file.endsWith(".json"));
  expect(before).toHaveLength(1);
  const kept = readFileSync(join(killed, before[0]!), "utf8");
  const resumed = await whole(killed);
  expect(readFileSync(join(killed, before[0]!), "utf8")).toBe(kept);
  expect(resultsIn(killed)).toEqual(resultsIn(straight));
  expect(resultsIn(killed)).toHaveLength(3);
  const rows = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("|"));
  expect(rows(resumed)).toEqual(rows(table));
  expect(rows(table).length).toBeGreaterThan(3 * 11);
});

it("says what is wrong with its words, all at once, and measures nothing", async () => {
  const out = join(folder, "none");
  const words = [tsx, program, "stlnet", "stairs", "--seeds", "0", "--traces", "7", "--out", out];
  const run = promisify(execFile)(process.execPath, words);
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/stairs[^]*--seeds 0[^]*--traces 7/) as string,
  });
  expect(existsSync(out)).toBe(false);
});

it("says where the recording of the city is to be had", async () => {
  const env = { ...process.env, ORDINANCE_DATA: folder, XDG_CACHE_HOME: folder };
  const run = promisify(execFile)(process.execPath, [tsx, program, "stlnet", "city", "--out", folder], {
    env,
  });
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("set ORDINANCE_DATA") as string,
  });
});
