import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderReport } from "../../src/report/renderReport.ts";
import type { RunSummary } from "../../src/report/RunSummary.ts";
import { fixtureSummary, fixtureWithQuantiles } from "./fixture.ts";
import { elements, textOf } from "./pageElements.ts";

const NASTY = `<script>alert("x")</script>&amp;'<img src=x onerror=y>`;

/** The same value with every string replaced, but for those the page's logic reads. */
const withNastyText = <T>(value: T, key = ""): T => {
  const kept = ["zone", "instant", "side", "phase", "model", "method", "reader", "source"];
  if (typeof value === "string") return (kept.includes(key) ? value : `${NASTY}${value}`) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => withNastyText(each, key)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, withNastyText(each, name)]),
    ) as T;
  }
  return value;
};

const open = (summary: RunSummary) => {
  const page = renderReport(summary);
  const { document } = parseHTML(page);
  return {
    page,
    document,
    text: textOf(document.body),
    textAt: (selector: string) => textOf(elements(document, selector)[0]),
    textsAt: (selector: string) => elements(document, selector).map(textOf),
  };
};

const bare = (): RunSummary => ({
  ...fixtureSummary(),
  metrics: [],
  rules: [],
  training: [],
  examples: [],
  worst: [],
  sizes: [],
  seconds: [],
});

describe("renderReport", () => {
  const whole = open(fixtureSummary());

  it("draws the distance to a teacher beside the rule loss, or in its place", () => {
    const summary = fixtureSummary();
    const titles = (training: RunSummary["training"]): string[] =>
      open({ ...summary, training })
        .textsAt("#training h4")
        .slice(0, 4);
    const curves = ["Loss, training and validation", "Rule loss", "Rules kept, validation"];
    expect(titles(summary.training).slice(0, 3)).toEqual(curves);
    const teacher = { loss: 0.1, windows: 40, untaught: 2 };
    const both = summary.training.map((each) => ({ ...each, teacher }));
    expect(titles(both)).toEqual([curves[0], curves[1], "Distance to the teacher", curves[2]]);
    const alone = both.map((each) => ({ ...each, ruleLoss: 0 }));
    expect(titles(alone).slice(0, 3)).toEqual([curves[0], "Distance to the teacher", curves[2]]);
  });

  it("has every section in order, each with its heading and an entry in the contents", () => {
    const ids = ["verdict", "forecasts", "errors", "rules", "worst", "training", "proof", "facts"];
    expect(elements(whole.document, "section").map((each) => each.id)).toEqual(ids);
    for (const section of elements(whole.document, "section")) {
      const heading = whole.document.getElementById(section.getAttribute("aria-labelledby") ?? "");
      expect(heading?.tagName).toBe("H2");
    }
    expect(elements(whole.document, "nav a").map((link) => link.getAttribute("href"))).toEqual(
      ids.map((id) => `#${id}`),
    );
    expect(whole.document.querySelectorAll("h1")).toHaveLength(1);
  });

  it("marks a rule that fights the data, with what each rule costs where it was measured", () => {
    const [first, ...others] = fixtureSummary().rules;
    const cost = [
      { channel: "flow", unit: "veh/h", mae: 90, rise: 1.25, changedShare: 0.5, riseWhereChanged: 2.5 },
      { channel: "speed", unit: "km/h", mae: 3, rise: -0.5, changedShare: 0, riseWhereChanged: Number.NaN },
    ];
    const { document, textsAt } = open({
      ...fixtureSummary(),
      rules: [{ ...first!, cost, gradientCosine: -0.254, fights: "it costs" }, ...others],
    });
    const tables = elements(document, "#rules table");
    const rows = elements(tables[1]!, "tbody tr").map((row) => Array.from(row.children, textOf));
    expect(rows).toEqual([
      [
        `${first!.name} fights`,
        "flow: +1.25 veh/hspeed: −0.500 km/h",
        "flow: 50.0 %speed: 0 %",
        "flow: +2.50 veh/hspeed: none",
        "−0.25",
      ],
    ]);
    expect(textsAt("#rules .rule .fights")).toEqual(["Fights the data: it costs."]);
    expect(elements(whole.document, "#rules table")).toHaveLength(1);
  });

  it("sets the errors of unseen sensors beside those of seen ones, lead by lead, where there are any", () => {
    const [seenMetrics, metrics] = [
      fixtureSummary().metrics,
      fixtureSummary().metrics.map((metric) => ({
        ...metric,
        rows: metric.rows.map((row) => ({
          ...row,
          models: row.models.map((each) => ({ ...each, mae: 2 * each.mae })),
        })),
      })),
    ];
    const { document, textAt, textsAt } = open({
      ...fixtureSummary(),
      unseen: {
        sensors: [
          { name: "B7", reason: "held out" },
          { name: "B9", reason: "nothing read" },
        ],
        metrics,
        seenMetrics,
      },
    });
    expect(textsAt("nav a")).toContain("Unseen sensors");
    expect(textAt("#unseen p")).toBe("Held out of training, by the pipeline: B7.");
    expect(textAt("#unseen")).toContain("Without a reading of a target in the training span: B9.");
    const table = elements(document, "#unseen table")[0]!;
    const cells = elements(table, "tbody tr")[0]!;
    const figures = elements(cells, "td").map((cell) => Number(textOf(cell).replaceAll(",", "")));
    const models = seenMetrics[0]!.rows[0]!.models;
    expect(figures).toHaveLength(2 * models.length);
    models.forEach(({ mae }, k) => {
      expect(figures[k]).toBeCloseTo(2 * mae, 0);
      expect(figures[models.length + k]).toBeCloseTo(mae, 0);
    });
  });

  it("asks for nothing outside the file and runs no script", () => {
    const { document, page } = whole;
    expect(
      document.querySelectorAll("script, link, img, iframe, object, embed, image, use, base"),
    ).toHaveLength(0);
    for (const node of elements(document, "[src], [href], [style]")) {
      expect(node.getAttribute("src")).toBeNull();
      expect(node.getAttribute("href") ?? "#").toMatch(/^#/u);
    }
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(|@import/u);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it("is small and prints no broken number", () => {
    expect(whole.page.length).toBeLessThan(1_500_000);
    expect(whole.page).not.toMatch(/NaN|undefined|Infinity|\[object|null/u);
  });

  it("gives the same bytes twice, and after a round trip through JSON", () => {
    expect(renderReport(fixtureSummary())).toBe(whole.page);
    expect(renderReport(JSON.parse(JSON.stringify(fixtureSummary())) as RunSummary)).toBe(whole.page);
  });

  it("has unique ids and points labels at ids that exist", () => {
    const ids = elements(whole.document, "[id]").map((node) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const node of elements(whole.document, "[aria-labelledby]")) {
      expect(ids).toContain(node.getAttribute("aria-labelledby"));
    }
  });

  it("describes each picture and gives each table a caption and scoped headers", () => {
    const pictures = elements(whole.document, "svg.plot");
    // 3 examples, 2 worst windows, 2 targets, 2 phases of 3 quantities.
    expect(pictures).toHaveLength(13);
    for (const picture of pictures) {
      expect(picture.getAttribute("role")).toBe("img");
      expect(picture.getAttribute("aria-label")?.length).toBeGreaterThan(20);
      expect(elements(picture, "title")[0]?.textContent).toBe(picture.getAttribute("aria-label"));
    }
    for (const table of elements(whole.document, "table")) {
      expect(textOf(elements(table, "caption")[0])).not.toBe("");
      expect(table.parentElement?.className).toBe("scroll");
      for (const header of elements(table, "th")) {
        expect(["col", "colgroup", "row"]).toContain(header.getAttribute("scope"));
      }
    }
    for (const swatch of elements(whole.document, "svg:not(.plot)")) {
      expect(swatch.getAttribute("aria-hidden")).toBe("true");
    }
  });

  it("escapes all text of the summary", () => {
    const { document, text, page } = open(withNastyText(fixtureSummary()));
    expect(document.querySelectorAll("script, img")).toHaveLength(0);
    expect(page).not.toMatch(/<script|<img/iu);
    // Read back by a parser the text is what it was, in running text and inside a picture.
    expect(text).toContain(`${NASTY}A7 northbound, km 12.4`);
    expect(document.querySelector("#forecasts svg.plot title")?.textContent).toContain(
      `${NASTY}A7 northbound, km 12.4`,
    );
    expect(document.querySelector("title")?.textContent).toContain(NASTY);
  });

  it("states the verdict in plain words", () => {
    const cards = whole.textsAt("#verdict .card");
    expect(cards).toHaveLength(5);
    expect(cards[0]).toContain(
      "The proof passed Behind the shield 0 of 10,000 tested windows broke a rule; without it 1,234 did.",
    );
    expect(cards[1]).toContain("3 of 4 enforced rules kept on every judged origin");
    expect(cards[1]).toContain("on >99.99 % of origins");
    expect(cards[1]).toContain("1 enforced rule could not be judged.");
    expect(cards[1]).toContain("Goal recovers: met on 92.9 % (what happened: 91.3 %).");
    expect(cards[2]).toMatch(/MAE \d+ % lower than the best naive forecast/u);
    expect(cards[4]).toContain("18,432 bytes (18.0 KiB)");
  });

  it("says in the same place that a model is worse, or that the proof failed", () => {
    const good = fixtureSummary();
    const { textAt, textsAt, document } = open({
      ...good,
      metrics: [
        {
          channel: "flow",
          unit: "veh/h",
          rows: [
            {
              leadSteps: 6,
              count: 10,
              models: [
                { model: "persistence", mae: 20, rmse: 25 },
                { model: "seasonal naive", mae: 10, rmse: 12 },
                { model: "ternary, shielded", mae: 13, rmse: 14 },
              ],
            },
          ],
        },
      ],
      proof: { ...good.proof, failures: 3, passed: false },
    });
    const cards = textsAt("#verdict .card");
    expect(cards[0]).toContain("The proof failed Behind the shield 3 of 10,000");
    expect(cards[2]).toContain("MAE 30 % higher than the best naive forecast");
    expect(cards[2]).toContain("6 h 30 % higher");
    expect(
      elements(document, "#verdict .card")
        .map((card) => card.className)
        .slice(0, 3),
    ).toEqual(["card bad", "card bad", "card bad"]);
    expect(textAt("#proof .statement")).toContain("The proof failed.");
  });

  it("prints errors by lead, naive models first, the smallest in bold", () => {
    const summary = fixtureSummary();
    const rows = elements(whole.document, "#errors tbody tr");
    // Six leads and a row over all, for each of two targets.
    expect(rows).toHaveLength(14);
    const cells = Array.from(rows[2]?.children ?? [], (cell) => cell.textContent);
    const given = summary.metrics[0]?.rows[2];
    expect(cells.slice(0, 2)).toEqual(["6\u00a0h", "4,146"]);
    expect(cells.slice(2)).toEqual(
      given?.models.flatMap(({ mae, rmse }) => [mae.toFixed(0), rmse.toFixed(0)]),
    );
    const bold = elements(whole.document, "#errors tbody tr:nth-child(3) strong")
      .slice(0, 2)
      .map((cell) => cell.textContent);
    expect(bold).toEqual([
      Math.min(...(given?.models.map((each) => each.mae) ?? [])).toFixed(0),
      Math.min(...(given?.models.map((each) => each.rmse) ?? [])).toFixed(0),
    ]);
    expect(elements(whole.document, "#errors-1 ~ thead th[colspan]").map((th) => th.textContent)).toEqual([
      "persistence",
      "seasonal naive",
      "ridge",
      "float",
      "ternary",
      "ternary, shielded",
    ]);
  });

  it("prints each rule with its text, reason and rates side by side", () => {
    const rows = elements(whole.document, "#rules tbody tr").map((row) => Array.from(row.children, textOf));
    expect(rows).toHaveLength(6);
    expect(whole.textsAt("#rules code")[1]).toBe(
      "forall s in arterial: always[1h, 24h] (flow[s] <= 1900 veh/h)",
    );
    expect(rows[0]?.slice(1)).toEqual([
      "enforced, error",
      "100 %",
      "99.3 %",
      "99.0 %",
      "100 %",
      "1.2 %",
      "1.00 veh/h",
    ]);
    expect(rows[2]?.slice(5)).toEqual([">99.99 %", "1.2 %", "−0.420 km/h (broken)"]);
    expect(rows[4]?.[1]).toBe("goal, warning");
    expect(rows[5]?.slice(2)).toEqual([
      "not judged",
      "not judged",
      "not judged",
      "not judged",
      "100 %",
      "not judged",
    ]);
  });

  it("words the proof's bound and shows how to replay it", () => {
    expect(whole.textAt("#proof .statement")).toContain(
      "With 95 % confidence fewer than 30 in 100,000 windows of these kinds",
    );
    expect(whole.textAt("#proof pre")).toBe(fixtureSummary().proof.replayCommand);
    expect(whole.textAt("#proof")).toContain(fixtureSummary().proof.artefactSha256);
    const rows = elements(whole.document, "#proof tbody tr").map((row) =>
      Array.from(row.children, (cell) => (cell.textContent ?? "").trim()),
    );
    expect(rows).toEqual([
      ["plausible", "6,000", "10", "0", "0", "34", "50 in 100,000"],
      ["hostile", "4,000", "7", "3", "0", "1,200", "75 in 100,000"],
    ]);
  });

  it("prints sizes, notes on the data, settings and timings", () => {
    const facts = whole.textAt("#facts");
    for (const part of [
      "412 readings came out of order",
      "flow 2.1 %",
      "C99 source 61,204 bytes (59.8 KiB)",
      "train 3 min 32 s",
      "all stages 4 min 4 s",
      "Fri 2 Jan 2026, 00:00 UTC+1 to Fri 20 Nov 2026, 23:00 UTC+1: 7,752 steps of 1 h",
      "CC-BY-4.0",
      "wasm (tfjs 4.22.0)",
    ]) {
      expect(facts).toContain(part);
    }
  });

  it("says so where a run left nothing to show", () => {
    const { text, page } = open(bare());
    for (const sentence of [
      "This run kept no forecasts to draw.",
      "No forecast of this run was judged.",
      "This run had no rules.",
      "This run kept no worst windows.",
      "No model was trained in this run.",
      "No enforced rule was judged",
    ]) {
      expect(text).toContain(sentence);
    }
    expect(page).not.toMatch(/NaN|undefined|Infinity/u);
  });

  it("claims no bound where no window was tested", () => {
    const summary = bare();
    const { textAt } = open({
      ...summary,
      proof: { ...summary.proof, windows: 0, failureRateBound: 1, passed: false },
    });
    expect(textAt("#proof .statement")).toContain("No window was tested, so there is no bound.");
    expect(textAt("#verdict .card")).toContain("No window was tested.");
  });

  describe("with quantile heads and alarms", () => {
    const wide = open(fixtureWithQuantiles());
    const cells = (selector: string): string[][] =>
      elements(wide.document, `${selector} tbody tr`).map((row) => elements(row, "th, td").map(textOf));

    it("has two sections more, in the contents as well, and is the same page without them", () => {
      const ids = elements(wide.document, "section").map((each) => each.id);
      expect(ids.slice(2, 6)).toEqual(["errors", "quantiles", "alarms", "rules"]);
      expect(elements(wide.document, "nav a").map((link) => link.getAttribute("href"))).toEqual(
        ids.map((id) => `#${id}`),
      );
      const { alarms: _alarms, quantiles: _quantiles, ...rest } = fixtureWithQuantiles();
      expect(renderReport(rest)).toBe(whole.page);
      expect(renderReport({ ...rest, alarms: [] })).toBe(whole.page);
    });

    it("compares the three ways of quantiles by lead and model, the smallest loss in bold", () => {
      const table = cells("#quantiles .scroll:nth-of-type(1)");
      expect(table).toHaveLength(9);
      const scores = fixtureWithQuantiles().quantiles!.scores.filter(
        ({ channel, leadSteps, model }) =>
          channel === "flow" && leadSteps === 6 && model === "ternary, shielded",
      );
      const row = table.find(([head]) => head === "6 h, ternary, shielded")!;
      expect(row[1]).toBe("4,146");
      scores.forEach((score, k) => {
        expect(row.slice(2 + 3 * k, 5 + 3 * k)).toEqual([
          `${(100 * score.coverage).toFixed(1)} %`,
          score.width.toFixed(0),
          score.pinball.toFixed(1),
        ]);
      });
      const bold = elements(wide.document, "#quantiles tbody tr").map((each) =>
        elements(each, "td").findIndex((cell) => elements(cell, "strong").length > 0),
      );
      // The third group's loss is the smallest everywhere.
      expect(bold.every((place) => place === 9)).toBe(true);
      expect(wide.textAt("#quantiles p")).toContain("should hold 80.0 % of what happens");
    });

    it("says of each alarm what decides it, its counts, and the least cost in bold", () => {
      expect(wide.textsAt("#alarms h3")).toEqual(["flow above 1500", "standing traffic"]);
      const paragraphs = wide.textsAt("#alarms p");
      expect(paragraphs[1]).toContain("quantile 0.75 of flow is above 1,500 veh/h");
      expect(paragraphs[1]).toContain("from a probability of 25.0 % on");
      expect(paragraphs[2]).toContain("is below 5 km/h. That is the median itself.");
      const table = cells("#alarms");
      expect(table.slice(0, 3)).toEqual([
        ["1 h, quantile", "4,201", "312", "280", "32", "101", "89.7 %", "73.5 %", "197"],
        ["1 h, median", "4,201", "312", "210", "102", "40", "67.3 %", "84.0 %", "346"],
        ["1 h, persistence", "4,201", "312", "190", "122", "125", "60.9 %", "60.3 %", "491"],
      ]);
      expect(table.at(-1)!.slice(2)).toEqual(["0", "0", "0", "0", "not judged", "not judged", "0"]);
      expect(wide.textsAt("#alarms tbody strong").slice(0, 2)).toEqual(["197", "197"]);
    });

    it("prints no broken number, also after a round trip through JSON, and escapes its texts", () => {
      expect(wide.page).not.toMatch(/NaN|undefined|Infinity|\[object|null/u);
      expect(renderReport(JSON.parse(JSON.stringify(fixtureWithQuantiles())) as RunSummary)).toBe(wide.page);
      const nasty = open(withNastyText(fixtureWithQuantiles()));
      expect(nasty.document.querySelectorAll("script, img")).toHaveLength(0);
      expect(nasty.textAt("#alarms h3")).toBe(`${NASTY}flow above 1500`);
    });
  });
});
