/**
 * Kills `ordinance run`, `forecast` and `schedule` at random moments, starts them again, and holds what they leave
 * against what an undisturbed one left: byte by byte, nothing more and nothing less.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { random } from "../../src/series/random.ts";
import { TinyProject } from "../../test/cli/tinyProject.ts";

const SEED = 20_261_126;
const COMMAND = fileURLToPath(new URL("../../dist/cli/ordinance.js", import.meta.url));
const NOW = "2025-03-20T23:20:00Z";
const RUN = "2025-03-20T23-00-00Z";

/** Hold the time of day and the machine: they differ from run to run by their nature. */
const OWN_TIME = new Set(["card.json", "report.html"]);
/** Of the schedule itself: since when it is kept. */
const BEGUN = "begun.json";

interface Job {
  readonly name: string;
  readonly words: (out: string) => readonly string[];
}

const jobs: readonly Job[] = [
  { name: "run", words: (out) => ["run", "tiny.yaml", "--quiet", "--out", out] },
  {
    name: "forecast",
    words: (out) => ["forecast", `model/tiny/${RUN}`, "--data", "streets.yaml", "--quiet", "--out", out],
  },
  { name: "schedule", words: (out) => ["schedule", `${out}.yaml`, "--once", "--replay", NOW] },
];

/** Runs a command to its end, or kills it after so many milliseconds. */
const started = (cwd: string, words: readonly string[], killAfterMs?: number): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [COMMAND, ...words], { cwd, stdio: "ignore" });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    child.once("exit", (status) => {
      clearTimeout(timer);
      resolve(status);
    });
  });

/** Every file below a folder with its bytes, but those that hold the time of day; its own name, which commands cite, left out. */
const left = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !OWN_TIME.has(entry.name) && entry.name !== BEGUN)
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        const bytes = readFileSync(file);
        const text = file.endsWith(".json")
          ? bytes.toString().replaceAll(basename(folder), "OUT")
          : undefined;
        return [file.slice(folder.length + 1), text === undefined ? bytes : Buffer.from(text)] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const differences = (expected: Map<string, Buffer>, found: Map<string, Buffer>): string[] => [
  ...Array.from(expected.keys())
    .filter((name) => found.get(name)?.equals(expected.get(name)!) !== true)
    .map((name) => `${name} ${found.has(name) ? "has other bytes" : "is missing"}`),
  ...Array.from(found.keys())
    .filter((name) => !expected.has(name))
    .map((name) => `${name} is left over`),
];

/** `kills [--trials N]`: 200 unless told. */
export const runKills = async (words: readonly string[]): Promise<void> => {
  const place = words.indexOf("--trials");
  const trials = place < 0 ? 200 : Number(words[place + 1]);
  const machine = describeMachine();
  const source = random(SEED);
  const project = new TinyProject();
  const prepare = (job: Job, out: string): string => {
    if (job.name !== "schedule") return project.path(out);
    project.write(
      `${out}.yaml`,
      `name: ${out}\ncron: "0 * * * *"\nzone: UTC\njob: { kind: forecast, model: model/tiny, data: ./streets.yaml }\nout: .\n`,
    );
    project.write(`${out}/${BEGUN}`, '{"format":1,"since":"2025-03-20T17:30:00.000Z"}\n');
    return project.path(out);
  };
  try {
    await started(project.root, ["run", "tiny.yaml", "--quiet", "--out", "model"]);
    const undisturbed = new Map<string, { readonly files: Map<string, Buffer>; readonly ms: number }>();
    for (const job of jobs) {
      const folder = prepare(job, `whole-${job.name}`);
      const startedMs = performance.now();
      await started(project.root, job.words(`whole-${job.name}`));
      undisturbed.set(job.name, { files: left(folder), ms: performance.now() - startedMs });
    }
    const tally = new Map(jobs.map(({ name }) => [name, { kills: 0, faults: 0 }]));
    for (let trial = 0; trial < trials; trial++) {
      const job = jobs[trial % jobs.length]!;
      const { files, ms } = undisturbed.get(job.name)!;
      const out = `trial-${trial}`;
      const folder = prepare(job, out);
      const counts = tally.get(job.name)!;
      if ((await started(project.root, job.words(out), source.uniform() * ms)) === null) counts.kills++;
      await started(project.root, job.words(out));
      const found = differences(files, left(folder));
      if (found.length > 0) {
        counts.faults++;
        console.error(`trial ${trial}, ${job.name}: ${found.join("; ")}`);
      }
      rmSync(folder, { recursive: true, force: true });
      if (process.stderr.isTTY) process.stderr.write(`\r${trial + 1} of ${trials}`);
    }
    const rows = Array.from(tally, ([name, { faults, kills }]) => `| ${name} | ${kills} | ${faults} |`);
    console.log(
      `${trials} trials, seed ${SEED}, on ${machine}.\n\n| command | killed before its end | other bytes, files too many or too few |\n| --- | --- | --- |\n${rows.join("\n")}`,
    );
    if (Array.from(tally.values()).some(({ faults }) => faults > 0)) process.exitCode = 1;
  } finally {
    project.remove();
  }
};
