import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunSummary } from "../../src/report/RunSummary.ts";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_PIPELINE, TINY_SPEC, TINY_STEPS, tinyCsv, tinyReadings, TinyProject } from "./tinyProject.ts";

const INSTANT = "2025-03-20T23-00-00Z";
const STATION = 2;

/** Without ranges, those of the forecast come from the readings; the last rule needs all three streets. */
const SPEC = `${TINY_SPEC.replaceAll(/range \[0, 100\] /g, "")}
require fresh (severity = minor, scale = 5 ug/m3, because = "half of what the air holds on average") :
  forall s in sensors : always[1h, 6h] no2[s] <= 15 ug/m3;
require some_are_slow (severity = minor, scale = 2 km/h, because = "three streets, one of them slow") :
  atleast 3 s in sensors : always[1h, 6h] speed[s] <= 99 km/h;
`;

/** The readings of the third street are replaced by wild ones. */
const noisyCsv = (): string =>
  tinyCsv()
    .split("\n")
    .map((line, k) => {
      if (!line.includes(",station,")) return line;
      const [time, street] = line.split(",");
      return `${time},${street},${((k * 7919) % 997) / 10},${((k * 104_729) % 991) / 10}`;
    })
    .join("\n");

let project: TinyProject;
let noisy: TinyProject;
let ended: Ended[];

const bytesOf = (from: TinyProject, file: string): Buffer =>
  readFileSync(from.path("out", "tiny", INSTANT, ...file.split("/")));

interface Card {
  readonly unseenSensors: NonNullable<RunSummary["unseen"]>;
  readonly training: RunSummary["training"];
  readonly rules: { readonly satisfaction: RunSummary["rules"] };
}
const cardOf = (from: TinyProject): Card => JSON.parse(bytesOf(from, "card.json").toString()) as Card;

beforeAll(async () => {
  const files = {
    "tiny.stl": SPEC,
    "tiny.yaml": TINY_PIPELINE.replace("season: 24h", "season: 24h\n  unseen: [station]"),
  };
  project = new TinyProject(files);
  noisy = new TinyProject({ ...files, "streets/readings.csv": noisyCsv() });
  ended = await Promise.all(
    [project, noisy].map(({ root }) => builtCommand("ordinance", ["run", "tiny.yaml"], { cwd: root })),
  );
});
afterAll(() => [project, noisy].forEach((each) => each.remove()));

describe("ordinance run with forecast.unseen", () => {
  it("ends well, and says what is held out and which rule cannot be trained", () => {
    for (const { status, stderr } of ended) {
      expect(stderr).toContain("held out of training, as forecast.unseen says: station");
      expect(stderr).toContain("rule some_are_slow cannot be put to the seen sensors alone");
      expect(status).toBe(0);
    }
  });

  it("names the rule that fights the data with its cost, and not the one that they keep", () => {
    expect(ended[0]!.stdout).toMatch(
      /^rule fresh fights the data: .*raises the error of no2 by [\d.]+\u00a0ug\/m3 \([\d.]+\u00a0%\)$/mu,
    );
    expect(ended[0]!.stdout).not.toContain("rule some_are_slow fights");
    const { rules } = cardOf(project);
    expect(rules.satisfaction.map(({ name, fights }) => [name, fights !== undefined])).toContainEqual([
      "some_are_slow",
      false,
    ]);
    expect(rules.satisfaction.find(({ name }) => name === "fresh")).toMatchObject({
      fights: expect.stringContaining("raises the error of no2") as string,
      cost: [
        { channel: "no2", unit: "ug/m3" },
        { channel: "speed", changedShare: 0 },
      ],
      gradientCosine: expect.any(Number) as number,
    });
  });

  it("trains to the same bytes whatever the unseen sensor reads", () => {
    const [one, other] = [project, noisy].map((from) => bytesOf(from, "edge/model.ordinance"));
    expect(one!.equals(other!)).toBe(true);
    expect(cardOf(noisy).training).toEqual(cardOf(project).training);
    expect(bytesOf(noisy, "forecast.arrow").equals(bytesOf(project, "forecast.arrow"))).toBe(false);
  });

  it.each([1, 6])("judges the unseen sensor beside the naive baselines at lead %i", (lead) => {
    const { unseenSensors } = cardOf(project);
    expect(unseenSensors.sensors).toEqual([{ name: "station", reason: "held out" }]);
    const row = unseenSensors.metrics[0]!.rows[lead - 1]!;
    const no2 = tinyReadings.no2.map((readings) => readings[STATION]!);
    const testFrom = Math.floor(0.8 * TINY_STEPS);
    const errors: number[] = [];
    for (let origin = testFrom - 1; origin + 6 < TINY_STEPS; origin++) {
      const error = Math.abs(no2[origin + lead]! - no2[origin]!);
      if (!Number.isNaN(error)) errors.push(error);
    }
    expect(row.count).toBe(errors.length);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const [persistence] = row.models;
    expect(persistence!.model).toBe("persistence");
    expect(persistence!.mae).toBeCloseTo(mean, 5);
    expect(row.models.map(({ model }) => model)).toContain("ternary, shielded");
  });

  it("judges the seen sensors by themselves: the counts of both parts make those of all", () => {
    const card = cardOf(project) as Card & { readonly metrics: RunSummary["metrics"] };
    card.metrics.forEach(({ rows }, target) =>
      rows.forEach(({ count }, k) => {
        const [unseen, seen] = [card.unseenSensors.metrics, card.unseenSensors.seenMetrics].map(
          (metrics) => metrics[target]!.rows[k]!.count,
        );
        expect(unseen! + seen!).toBe(count);
      }),
    );
  });

  it("shows them in the report", () => {
    const page = bytesOf(project, "report.html").toString();
    expect(page).toContain('<section id="unseen"');
    expect(page).toContain('href="#unseen"');
  });
});
