import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import * as NodePath from "@effect/platform-node-shared/NodePath";
import { Effect, Fiber, FileSystem, Layer, Logger, PlatformError, Ref, Schema } from "effect";
import { TestClock } from "effect/testing";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instantFolder } from "../../../src/jobs/instantFolder.ts";
import { writeRunDirectory } from "../../../src/jobs/RunDirectory.ts";
import { resultFolders } from "../../../src/jobs/schedule/resultFolders.ts";
import { runSchedule } from "../../../src/jobs/schedule/runSchedule.ts";
import { JobFailed } from "../../../src/jobs/schedule/ScheduledJob.ts";
import { ScheduleFile } from "../../../src/jobs/schedule/ScheduleFile.ts";
import type { ScheduleStatus } from "../../../src/jobs/schedule/ScheduleStatus.ts";
import { temporaryFolder } from "../../ingest/store/readingBatches.ts";

let root: string;
let home: string;
beforeEach(() => {
  root = temporaryFolder();
  home = join(root, "hourly");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** While it is full, half of what is written gets there, as on a real disk. */
const disk = { full: false };
const files = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (real) => ({
    ...real,
    writeFile: (path: string, bytes: Uint8Array) =>
      Effect.suspend(() => {
        if (!disk.full) return real.writeFile(path, bytes);
        const cause = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
        const full = { _tag: "Unknown", module: "FileSystem", method: "writeFile", cause } as const;
        return Effect.andThen(
          real.writeFile(path, bytes.subarray(0, bytes.length >> 1)),
          Effect.fail(PlatformError.systemError(full)),
        );
      }),
  })),
).pipe(Layer.provide(NodeFileSystem.layer));

const start = Date.UTC(2026, 10, 23, 10, 20);
const hour = (clock: number): number => Date.UTC(2026, 10, 23, clock);
const folder = (clock: number): string => instantFolder(hour(clock));
const forecast = (instantMs: number): string => `forecast of ${new Date(instantMs).toISOString()}\n`;

interface Running {
  /** Moves the clock on until the run of an hour has ended, and gives how. */
  readonly runOf: (clock: number) => Promise<ScheduleStatus>;
}

/** Runs a schedule that writes a result every hour. */
const whileRunning = (use: (running: Running) => Promise<void>): Promise<void> =>
  Effect.gen(function* () {
    const terms = Schema.decodeUnknownSync(ScheduleFile)({
      name: "hourly",
      cron: "0 * * * *",
      zone: "UTC",
      job: { kind: "run", pipeline: "x.yaml" },
      retries: { limit: 2, wait: "4min" },
    });
    yield* TestClock.setTime(start);
    const job = {
      ...resultFolders(home),
      run: (instantMs: number) =>
        writeRunDirectory(join(home, instantFolder(instantMs)), { "forecast.txt": forecast(instantMs) }).pipe(
          Effect.mapError((error) => new JobFailed({ reason: error.message })),
          Effect.as({ verdict: "holds" as const, summary: "written" }),
        ),
    };
    const status = yield* Ref.make<ScheduleStatus | undefined>(undefined);
    const running = yield* Effect.forkChild(runSchedule({ terms, job, once: false, sinceMs: start, status }));
    const context = yield* Effect.context();
    const runOf = async (clock: number): Promise<ScheduleStatus> => {
      const instant = new Date(hour(clock)).toISOString();
      for (;;) {
        const seen = Ref.getUnsafe(status);
        if (seen?.last?.instant === instant) return seen;
        await Effect.runPromiseWith(context)(TestClock.adjust("1 minute"));
        // Files are written in real time.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    yield* Effect.promise(() => use({ runOf }));
    yield* Fiber.interrupt(running);
  }).pipe(
    Effect.scoped,
    Effect.provide([TestClock.layer(), Logger.layer([]), files, NodePath.layer]),
    Effect.runPromise,
  );

const everything = (): string[] => readdirSync(home, { recursive: true, encoding: "utf8" }).sort();

describe("a schedule", () => {
  it("says that the disk is full, leaves nothing half written, and goes on once there is room", async () => {
    await whileRunning(async ({ runOf }) => {
      disk.full = true;
      const failed = await runOf(11);
      expect(failed).toMatchObject({ failuresInARow: 1, last: { result: "failed" } });
      expect(failed.last!.note).toMatch(/2026-11-23T11-00-00Z.*no space is left/);
      expect(everything()).toEqual(["failed"]);
      disk.full = false;
      expect(await runOf(12)).toMatchObject({ failuresInARow: 0, last: { result: "holds" } });
    });
    expect(readFileSync(join(home, folder(12), "forecast.txt"), "utf8")).toBe(forecast(hour(12)));
    expect(everything()).toEqual([folder(12), join(folder(12), "forecast.txt"), "failed"]);
  });

  it("makes its folder anew where it was removed", async () => {
    await whileRunning(async ({ runOf }) => {
      await runOf(11);
      expect(everything()).toEqual([folder(11), join(folder(11), "forecast.txt")]);
      rmSync(home, { recursive: true });
      expect(await runOf(12)).toMatchObject({ failuresInARow: 0, last: { result: "holds" } });
    });
    expect(everything()).toEqual([folder(12), join(folder(12), "forecast.txt")]);
  });

  it("says that a file stands where its folder should, and goes on once it is gone", async () => {
    await whileRunning(async ({ runOf }) => {
      await runOf(11);
      rmSync(home, { recursive: true });
      writeFileSync(home, "");
      expect((await runOf(12)).last!.note).toMatch(/a file stands where a folder is needed/);
      rmSync(home);
      expect((await runOf(13)).last).toMatchObject({ result: "holds" });
    });
    expect(everything()).toEqual([folder(13), join(folder(13), "forecast.txt")]);
  });
});
