import { Effect } from "effect";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { readSchedule } from "../../../src/jobs/schedule/ScheduleFile.ts";
import { itEffect } from "../itEffect.ts";

itEffect("the schedule of docs/watch.md is one", () =>
  Effect.gen(function* () {
    const page = readFileSync(new URL("../../../docs/watch.md", import.meta.url), "utf8");
    const folder = mkdtempSync(join(tmpdir(), "ordinance-watch-"));
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })));
    const file = join(folder, "watch.yaml");
    writeFileSync(file, /```yaml\n([^]*?)```/.exec(page)![1]!);
    const { job } = yield* readSchedule(file);
    expect(job).toMatchObject({ kind: "watch", models: "../models/arterial-weekly", retrainAfter: "7d" });
  }),
);
