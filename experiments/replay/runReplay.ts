/**
 * A week of a recording as a live feed, a thousand times as fast and with faults, under `ordinance schedule`: is every
 * forecast there, and is every fault named?
 */
import { Effect } from "effect";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { platform } from "../../src/cli/platform.ts";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { readReadingStore } from "../../src/ingest/store/readReadingStore.ts";
import { instantFolder } from "../../src/jobs/instantFolder.ts";
import { loadSpan } from "../../src/jobs/loadRunPanel.ts";
import { arrivalFaults, faultyFeed, lateMs } from "./faultyFeed.ts";

const SEED = 20_120_301;
const root = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = join(root, "dist", "cli", "ordinance.js");
const HOUR_MS = 3_600_000;
/** How long the schedule may lag behind the end of the recording. */
const LONGEST_WAIT_MS = 1_200_000;

/** `replay MODEL [--speed N] [--hours N]`: MODEL is the folder of a run of pipelines/los-loop.yaml. */
export const runReplay = async (words: readonly string[]): Promise<void> => {
  const [model] = words;
  if (model === undefined || !existsSync(join(model, "model.json"))) {
    console.error("Give the folder of a run of pipelines/los-loop.yaml, which holds a model.json.");
    process.exitCode = 2;
    return;
  }
  const numberOf = (name: string, otherwise: number): number => {
    const place = words.indexOf(`--${name}`);
    return place < 0 ? otherwise : Number(words[place + 1]);
  };
  const speed = numberOf("speed", 1000);
  const { panel } = await loadSpan("los-loop", undefined, undefined).pipe(
    Effect.provide(DataPlace.layer),
    Effect.provide(platform),
    Effect.runPromise,
  );
  const hours = Math.min(numberOf("hours", 168), Math.floor((panel.steps * panel.stepMs) / HOUR_MS));
  const endMs = panel.startMs + hours * HOUR_MS;
  const { deadSensor, readings } = faultyFeed(panel, SEED, endMs);

  const folder = join(root, "out", "experiments", "replay");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const live = join(folder, "live.ndjson");
  writeFileSync(live, "");
  const sources = `  - { kind: ndjson, path: live.ndjson, follow: true, time: { column: time, clock: utc }, sensor: { column: sensor } }`;
  writeFileSync(
    join(folder, "feed.yaml"),
    `name: los-loop-live\nzone: ${panel.zone}\nstep: 5min\nchannels: [{ name: speed, unit: mph, possible: [0, 120] }]\nstore: store\nlate: ${lateMs / 60_000}min\ndead: 12h\nsources:\n${sources}\n`,
  );
  writeFileSync(
    join(folder, "hourly.yaml"),
    `name: hourly\ncron: "0 * * * *"\nzone: ${panel.zone}\njob: { kind: forecast, model: ${JSON.stringify(resolve(model))}, feed: feed.yaml, ingest: true }\ndelay: 50min\ncatchUp: { max: 1000, window: 30d }\ntimeout: 30d\n`,
  );

  const begin = new Date(panel.startMs).toISOString();
  const child = spawn(
    process.execPath,
    [COMMAND, "schedule", join(folder, "hourly.yaml"), "--replay", begin, "--speed", String(speed)],
    { stdio: ["ignore", "inherit", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once("exit", done));

  // The feed goes by the clock of the command, which begins to run when it starts.
  const home = join(folder, "forecasts", "hourly");
  const begun = join(home, "begun.json");
  while (!existsSync(begun) && child.exitCode === null) await new Promise((done) => setTimeout(done, 20));
  const startedMs = performance.now();
  const { since } = JSON.parse(readFileSync(begun, "utf8")) as { since: string };
  // The feed begins when the schedule stands: what it would find waiting would be late by as much as it took to start.
  const sent = readings.filter(({ sentMs }) => sentMs >= Date.parse(since));
  const faults = arrivalFaults(sent);
  const nowMs = (): number => Date.parse(since) + (performance.now() - startedMs) * speed;
  let next = 0;
  while (next < sent.length) {
    const lines: string[] = [];
    for (; next < sent.length && sent[next]!.sentMs <= nowMs(); next++) {
      const { instantMs, sensor, value } = sent[next]!;
      lines.push(JSON.stringify({ time: new Date(instantMs).toISOString(), sensor, speed: value }));
    }
    if (lines.length > 0) appendFileSync(live, `${lines.join("\n")}\n`);
    if (child.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 20));
  }
  const expected = Array.from({ length: hours - 1 }, (_, k) => panel.startMs + (k + 1) * HOUR_MS).filter(
    (instant) => instant > Date.parse(since),
  );
  const made = (): readonly number[] =>
    expected.filter((instant) => existsSync(join(home, instantFolder(instant))));
  const waitUntil = performance.now() + LONGEST_WAIT_MS;
  while (made().length < expected.length && performance.now() < waitUntil && child.exitCode === null) {
    await new Promise((done) => setTimeout(done, 200));
  }
  const crashed = child.exitCode !== null;
  child.kill("SIGINT");
  await ended;

  const health = await readReadingStore(join(folder, "store")).pipe(
    Effect.flatMap((store) => store.health({ atMs: endMs })),
    Effect.provide(platform),
    Effect.runPromise,
  );
  const sum = (kind: "repeated" | "outOfOrder" | "late" | "impossible"): number =>
    health.reduce((total, each) => total + each.faults[kind], 0);
  const dead = health.filter((each) => each.dead).map(({ sensor }) => sensor);
  const failed = existsSync(join(home, "failed")) ? readdirSync(join(home, "failed")).length : 0;
  const rows: readonly (readonly [string, string | number, string | number])[] = [
    ["forecasts", expected.length, made().length],
    ["forecasts given up", 0, failed],
    ["readings sent twice", faults.repeated, sum("repeated")],
    ["readings after a later one", faults.outOfOrder, sum("outOfOrder")],
    [`readings later than ${lateMs / HOUR_MS} h`, faults.late, sum("late")],
    ["impossible readings", faults.impossible, sum("impossible")],
    ["dead sensor", deadSensor, dead.join(", ") || "none"],
    ["crash", "none", crashed ? "yes" : "none"],
  ];
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${hours} hours of los-loop in ${seconds.toFixed(0)} s (${speed} times as fast), ${sent.length.toLocaleString("en-US")} readings sent, seed ${SEED}, on ${describeMachine()}.\n\n| | injected or due | reported |\n| --- | --- | --- |\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}`,
  );
  writeFileSync(join(folder, "log.txt"), log);
  const isWhole = made().length === expected.length && !crashed;
  if (!isWhole) {
    console.error(log.split("\n").slice(-20).join("\n"));
    process.exitCode = 1;
  }
};
