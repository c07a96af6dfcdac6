import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { forecastPlot } from "../../../src/report/plots/forecastPlot.ts";
import { elements, textOf } from "../pageElements.ts";
import type { ForecastCase } from "../../../src/report/RunSummary.ts";

const HOUR = 3_600_000;

const flat = (length: number, value: number) => Array.from({ length }, () => value);

const forecast = (changes: Partial<ForecastCase> = {}): ForecastCase => ({
  title: "",
  explanation: "",
  sensor: "s",
  channel: "c",
  unit: "1",
  issuedAtMs: Date.UTC(2026, 0, 2),
  stepMs: HOUR,
  history: flat(24, 20),
  truth: flat(6, 30),
  float: flat(6, 40),
  ternary: flat(6, 50),
  shielded: flat(6, 60),
  lowerQuantile: flat(6, 10),
  upperQuantile: flat(6, 70),
  limits: [],
  ...changes,
});

const draw = (given: ForecastCase, zone = "UTC") => {
  const { document } = parseHTML(`<html><body>${forecastPlot(given, zone).markup}</body></html>`);
  const pathOf = (stroke: string) =>
    document.querySelector(`g[aria-label="line"][stroke="var(--${stroke})"] path`)?.getAttribute("d") ?? "";
  const texts = elements(document, "text").map((text) => {
    const lines = elements(text, "tspan").map(textOf);
    return lines.length === 0 ? textOf(text) : lines.join("\n");
  });
  return { document, pathOf, texts };
};

const points = (path: string) => path.match(/[ML]/gu)?.length ?? 0;
const strokes = (path: string) => path.match(/M/gu)?.length ?? 0;

describe("forecastPlot", () => {
  it("draws each series once, each with its own dash or width", () => {
    const { document, pathOf } = draw(forecast());
    for (const name of ["history", "ink", "float", "ternary", "shielded"]) expect(pathOf(name)).not.toBe("");
    const looks = elements(document, 'g[aria-label="line"]').map((line) =>
      ["stroke-width", "stroke-dasharray"].map((name) => line.getAttribute(name)).join(" "),
    );
    expect(new Set(looks).size).toBe(looks.length);
    expect(document.querySelectorAll('g[aria-label="area"] path')).toHaveLength(1);
  });

  it("breaks the line at missing readings and keeps a lone reading as a dot", () => {
    const { pathOf } = draw(forecast({ truth: [30, Number.NaN, 31, Number.NaN, 32, 33] }));
    // Origin to lead 1, then lead 3 alone, then leads 5 and 6.
    expect(strokes(pathOf("ink"))).toBe(3);
    expect(pathOf("ink")).toMatch(/M[\d.,]+Z/u);
  });

  it("does not draw a missing origin", () => {
    const history = flat(24, 20);
    history[23] = Number.NaN;
    const { pathOf } = draw(forecast({ history }));
    expect(points(pathOf("history"))).toBeGreaterThan(0);
    expect(pathOf("ink").startsWith("M")).toBe(true);
    expect(strokes(pathOf("ink"))).toBe(1);
  });

  it("puts the value where the axis says", () => {
    const { document, pathOf, texts } = draw(forecast());
    const yOfTick = (label: string) => {
      const tick = elements(document, 'g[aria-label="y-axis tick label"] text').find(
        (text) => text.textContent === label,
      );
      return Number(/,([\d.]+)\)/u.exec(tick?.getAttribute("transform") ?? "")?.[1]);
    };
    const yOfLine = Number(/^M[\d.]+,([\d.]+)/u.exec(pathOf("shielded"))?.[1]);
    expect(texts).toContain("60");
    expect(yOfLine).toBeCloseTo(yOfTick("60"), 0);
    expect(yOfTick("20")).toBeGreaterThan(yOfTick("60"));
  });

  it("puts lead 1 one step after the origin and the last lead at the end of the frame", () => {
    const { document, pathOf } = draw(forecast());
    const issued = Number(document.querySelector('g[aria-label="rule"] line')?.getAttribute("x1"));
    const xs = [...String(pathOf("shielded")).matchAll(/[ML]([\d.]+),/gu)].map((match) => Number(match[1]));
    const step = ((xs.at(-1) ?? Number.NaN) - issued) / 6;
    expect(step).toBeGreaterThan(5);
    expect(xs).toHaveLength(6);
    xs.forEach((x, k) => expect(x).toBeCloseTo(issued + (k + 1) * step, 1));
    const historyEnd = Number(/[ML]([\d.]+),[\d.]+$/u.exec(pathOf("history"))?.[1]);
    expect(historyEnd).toBeCloseTo(issued, 1);
  });

  it("labels the local hours of the zone", () => {
    const summer = forecast({ issuedAtMs: Date.UTC(2026, 6, 2), history: flat(25, 20) });
    expect(draw(summer, "UTC").texts).toContain("00:00\nThu 2 Jul");
    expect(draw(summer, "Asia/Tokyo").texts).toContain("00:00\nThu 2 Jul");
    const ticks = (zone: string) =>
      elements(draw(summer, zone).document, 'g[aria-label="x-axis tick label"] text').map((text) =>
        text.getAttribute("transform"),
      );
    expect(ticks("Asia/Tokyo")).not.toEqual(ticks("UTC"));
  });

  it("draws and labels limits, merges equal ones and says where one is outside", () => {
    const { document, texts } = draw(
      forecast({
        limits: [
          { rule: "cap", value: 80, side: "upper" },
          { rule: "second cap", value: 80, side: "upper" },
          { rule: "far", value: 5000, side: "upper" },
          { rule: "deep", value: -5000, side: "lower" },
        ],
      }),
    );
    expect(texts).toContain("≤ 80 cap, second cap");
    expect(texts).toContain("↑ ≤ 5,000 far (above)");
    expect(texts).toContain("↓ ≥ −5,000 deep (below)");
    expect(document.querySelectorAll('g[aria-label="rule"][stroke="var(--limit)"] line')).toHaveLength(1);
  });

  it.each([
    [
      "everything missing",
      { history: [], truth: [], float: [], ternary: [], shielded: [], lowerQuantile: [], upperQuantile: [] },
    ],
    [
      "one step",
      { truth: [3], float: [3], ternary: [3], shielded: [3], lowerQuantile: [3], upperQuantile: [3] },
    ],
    ["all NaN", { history: flat(24, Number.NaN), truth: flat(6, Number.NaN), shielded: flat(6, Number.NaN) }],
  ])("draws a case with %s without a broken number", (_, changes) => {
    expect(forecastPlot(forecast(changes), "UTC").markup).not.toMatch(/NaN|undefined|Infinity/u);
  });
});
