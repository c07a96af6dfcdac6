import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_PIPELINE, TinyProject } from "./tinyProject.ts";

const INSTANT = "2025-03-20T23-00-00Z";
const TAUGHT = TINY_PIPELINE.replace("embedding: 2", "embedding: { kind: table, size: 2 }")
  .replace("floatEpochs: 1", "floatEpochs: 2")
  .replace("season: 24h", "season: 24h\n  unseen: [market]")
  .replace(
    "stepsPerEpoch: 5",
    "stepsPerEpoch: 5\n  ruleLoss: both\n  ruleBeta: 0.7\n  embeddingDropout: 0.2",
  );

interface Card {
  readonly settings: { readonly training: object; readonly model: object };
  readonly training: readonly {
    readonly phase: string;
    readonly ruleLoss: number;
    readonly teacher: { readonly loss: number; readonly windows: number; readonly untaught: number };
    readonly reallocation?: { readonly moved: number; readonly kept: boolean };
  }[];
  readonly proof: { readonly failures: number };
}

describe("ordinance run with a teacher, a shared table and a sensor held out", () => {
  let project: TinyProject;
  let ended: Ended;
  const file = (name: string): string => readFileSync(project.path("out", "tiny", INSTANT, name), "utf8");

  beforeAll(async () => {
    project = new TinyProject({ "tiny.yaml": TAUGHT });
    ended = await builtCommand("ordinance", ["run", "tiny.yaml"], { cwd: project.root });
  });
  afterAll(() => project.remove());

  it("trains, proves and says what the teacher did", () => {
    expect(ended.stderr).not.toContain("ERROR");
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(
      /The teacher was given \d+ forecasts and had to leave out a rule for \d+ of them; it took \d+\.\d % of the training's time/,
    );
  });

  it("tells it in the card and in the report", () => {
    const card = JSON.parse(file("card.json")) as Card;
    expect(card.settings.training).toMatchObject({ ruleLoss: "both", ruleBeta: 0.7 });
    expect(card.settings.model).toMatchObject({ embedding: { kind: "table", size: 2 } });
    expect(card.training).toHaveLength(3);
    for (const { ruleLoss, teacher } of card.training) {
      expect(ruleLoss).toBeGreaterThan(0);
      expect(teacher.windows).toBeGreaterThan(0);
      expect(teacher.untaught).toBeLessThanOrEqual(teacher.windows);
    }
    expect(card.training.map(({ reallocation }) => reallocation !== undefined)).toEqual([true, false, false]);
    expect(card.proof.failures).toBe(0);
    const report = file("report.html");
    expect(report).toContain("a teacher of weight 0.3 beside a forecast loss of 0.7");
    expect(report).toContain("Distance to the teacher");
    expect(report).toContain("column&#39;s vector added, the table by daily profile, reallocated");
  });
});
