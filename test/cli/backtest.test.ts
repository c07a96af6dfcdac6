import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TinyProject } from "./tinyProject.ts";

interface Row {
  readonly fold: string;
  readonly target: string;
  readonly model: string;
  readonly by: string;
  readonly key: string;
  readonly score: string;
  readonly value: number | null;
  readonly count: number;
}

describe("ordinance backtest", () => {
  let project: TinyProject;
  let straight: Ended;
  let stopped: Ended;
  let resumed: Ended;

  const backtest = (out: string, words: readonly string[], interruptWhen?: () => boolean) =>
    builtCommand("ordinance", ["backtest", "tiny.yaml", "--span", "3d", "--out", out, ...words], {
      cwd: project.root,
      ...(interruptWhen && { interruptWhen }),
    });
  const filesOf = (out: string): string[] => readdirSync(project.path(out, "tiny", "folds")).sort();
  const has = (out: string, start: string): boolean =>
    existsSync(project.path(out, "tiny", "folds")) && filesOf(out).some((name) => name.startsWith(start));

  beforeAll(async () => {
    project = new TinyProject();
    [straight, stopped] = await Promise.all([
      backtest("straight", ["--folds", "2", "--jobs", "1"]),
      backtest("stopped", ["--folds", "2", "--jobs", "2"], () => has("stopped", "model-")),
    ]);
    resumed = await backtest("stopped", ["--folds", "2", "--jobs", "2"]);
  });
  afterAll(() => project.remove());

  it("prints scores, and leaves them with a report", () => {
    expect(straight).toMatchObject({ status: 0 });
    expect(straight.stdout).toMatch(/^2 folds, 72 origins\nno2 in ug\/m3/);
    expect(readdirSync(project.path("straight", "tiny")).sort()).toEqual([
      "folds",
      "report.html",
      "scores.json",
      "scores.parquet",
    ]);
  });

  it("gives the same bytes by two jobs, stopped and resumed", () => {
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toMatch(/Interrupted.*goes on/);
    expect(resumed.status).toBe(0);
    expect(filesOf("stopped")).toEqual(filesOf("straight"));
    for (const name of ["scores.json", "scores.parquet", "report.html"]) {
      expect(readFileSync(project.path("stopped", "tiny", name))).toEqual(
        readFileSync(project.path("straight", "tiny", name)),
      );
    }
  });

  it("gives the whole as the mean of its folds, weighted by their counts", async () => {
    const bytes = readFileSync(project.path("straight", "tiny", "scores.parquet"));
    const rows = (await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    })) as unknown as Row[];
    const maes = rows.filter(
      ({ by, model, score, target }) =>
        by === "all" && model === "ternary, shielded" && score === "mae" && target === "no2",
    );
    const [whole, ...folds] = maes;
    expect(maes.map(({ fold }) => fold)).toEqual(["all", "1", "2"]);
    const count = folds.reduce((sum, fold) => sum + fold.count, 0);
    expect(whole!.count).toBe(count);
    expect(whole!.value).toBeCloseTo(
      folds.reduce((sum, fold) => sum + fold.value! * fold.count, 0) / count,
      9,
    );
    const { scores } = JSON.parse(readFileSync(project.path("straight", "tiny", "scores.json"), "utf8")) as {
      scores: Row[];
    };
    expect(scores).toEqual(rows);
  });

  it("trains once for all folds where it shall", async () => {
    const once = await backtest("once", ["--folds", "2", "--retrain", "never"]);
    expect(once.status).toBe(0);
    expect(filesOf("once").filter((name) => name.startsWith("model-"))).toHaveLength(1);
    // The first fold is the same in both.
    const model = filesOf("once").find((name) => name.startsWith("model-"));
    expect(filesOf("straight")).toContain(model);
  });

  it("says what it cannot do, all at once", async () => {
    const wrong = await backtest("wrong", ["--retrain", "90min", "--from", "soon"]);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/--retrain 90min is not a whole number of 1h steps; take 1h or 2h/);
    expect(wrong.stderr).toMatch(/--from soon is no local time/);
  });
});
