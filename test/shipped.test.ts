/** What ships beside the code: rule files, pipelines and cards must fit each other and the data. */
import { Effect, Layer } from "effect";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { platform } from "../src/cli/platform.ts";
import { DataPlace } from "../src/ingest/DataPlace.ts";
import { checkPanel } from "../src/jobs/check/checkPanel.ts";
import { judgedInstants } from "../src/jobs/check/judgedInstants.ts";
import { specRulebook } from "../src/jobs/check/Rulebook.ts";
import { problemText, readSpecFile } from "../src/jobs/check/SpecFile.ts";
import { loadRunPanel, loadSpan } from "../src/jobs/loadRunPanel.ts";
import { prepareRun } from "../src/jobs/prepareRun.ts";
import { EventPipeline } from "../src/jobs/events/EventPipeline.ts";
import { prepareEvents } from "../src/jobs/events/prepareEvents.ts";
import type { Pipeline } from "../src/jobs/Pipeline.ts";
import { readPipelineKind } from "../src/jobs/pipelineKind.ts";
import { readPipeline, readPipelineAs } from "../src/jobs/readPipeline.ts";
import { checkSpec } from "../src/stl/index.ts";

const root = resolve(import.meta.dirname, "..");
const namesIn = (folder: string, extension: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length));

const services = DataPlace.layer.pipe(Layer.provideMerge(platform));
const realData = process.env["ORDINANCE_DATA"] ?? "";
/** The least share of the judged past, for one sensor or, where a rule has no such form, for all at once. */
const LEAST_SHARE = 0.95;

const expectTrueOfPast = async (name: string, from?: string, to?: string): Promise<void> => {
  const { panel } = await Effect.runPromise(loadSpan(name, from, to).pipe(Effect.provide(services)));
  const file = readSpecFile(join(root, "specs", `${name}.stl`));
  const { checked, rules } = checkPanel(specRulebook(file), panel);
  expect(problemText(file.spec, [...file.problems, ...checked.problems])).toBe("");
  expect(rules.length).toBeGreaterThanOrEqual(6);
  for (const finding of rules.filter((each) => !each.rule.goal)) {
    const { broken, held } = judgedInstants(finding);
    expect(held / (held + broken), finding.rule.name).toBeGreaterThanOrEqual(LEAST_SHARE);
    expect(finding.rule.because, finding.rule.name).not.toBe("");
  }
};

describe("what ships", () => {
  it("has a spec and a card for each pipeline", () => {
    const pipelines = namesIn("pipelines", ".yaml").filter((name) => !name.endsWith("-events"));
    expect(pipelines.length).toBeGreaterThanOrEqual(4);
    expect(namesIn("specs", ".stl")).toEqual(expect.arrayContaining(pipelines));
    expect(namesIn("datasets", ".yaml")).toEqual(expect.arrayContaining(pipelines));
  });

  it.each(namesIn("specs", ".stl"))("rule file %s has no problem in itself", (name) => {
    const { problems, spec } = readSpecFile(join(root, "specs", `${name}.stl`));
    expect(problemText(spec, [...problems, ...checkSpec(spec).problems])).toBe("");
  });

  it.each(namesIn("pipelines", ".yaml"))("pipeline %s is read without a problem", async (name) => {
    const file = join(root, "pipelines", `${name}.yaml`);
    const kind = await Effect.runPromise(readPipelineKind(file).pipe(Effect.provide(services)));
    const pipeline: Pipeline | EventPipeline =
      kind === "events"
        ? await Effect.runPromise(readPipelineAs(EventPipeline, file).pipe(Effect.provide(services)))
        : await Effect.runPromise(readPipeline(file).pipe(Effect.provide(services)));
    expect(pipeline.name).toBe(name);
    expect(pipeline.kind === "events").toBe(name.endsWith("-events"));
    expect(parseDocument(readFileSync(file, "utf8")).errors).toEqual([]);
  });

  it("the sample's pipeline fits its data and its rules, which hold on the past", async () => {
    await expectTrueOfPast("arterial");
    const file = join(root, "pipelines", "arterial.yaml");
    const run = await Effect.runPromise(
      readPipeline(file).pipe(
        Effect.flatMap((pipeline) =>
          Effect.flatMap(loadSpan(pipeline.data, undefined, undefined), (loaded) =>
            prepareRun(pipeline, file, loaded),
          ),
        ),
        Effect.provide(services),
      ),
    );
    expect(run.rules.warnings).toBe("");
    expect(run.spans.test.to).toBe(run.panel.steps);
    expect(run.spans.training.to).toBe(run.spans.validation.from);
    expect(run.spans.validation.to).toBe(run.spans.test.from);
  });

  it.each(["arterial-events", ...(realData === "" ? [] : ["los-loop-events", "melbourne-events"])])(
    "%s finds enough events of every kind in its data",
    async (name) => {
      const file = join(root, "pipelines", `${name}.yaml`);
      const { kinds, parts, stream, tokens } = await Effect.runPromise(
        readPipelineAs(EventPipeline, file).pipe(
          Effect.flatMap((pipeline) =>
            Effect.flatMap(loadRunPanel(pipeline, file), (loaded) => prepareEvents(pipeline, file, loaded)),
          ),
          Effect.provide(services),
        ),
      );
      const sensors = tokens / kinds.length;
      const seen = new Set(Array.from(stream.tokens, (token) => Math.floor(token / sensors)));
      expect(seen.size).toBe(kinds.length);
      expect(parts.test.tokens.length).toBeGreaterThan(100);
    },
  );

  if (realData === "") {
    console.info("The rules for real recordings are not judged on their past: ORDINANCE_DATA is not set.");
  }
  it.skipIf(realData === "").each([
    ["beijing-air", "2015-03-01", "2017-03-01"],
    ["melbourne-pedestrians", undefined, undefined],
    ["los-loop", undefined, undefined],
  ] as const)("the rules of %s hold on the real past", expectTrueOfPast, 120_000);
});
