import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderEventReport } from "../../../src/report/events/renderEventReport.ts";
import { elements, textOf } from "../pageElements.ts";
import { eventSummary } from "./eventFixture.ts";

const page = renderEventReport(eventSummary);
const { document } = parseHTML(page);
const cellsOf = (id: string): string[][] =>
  elements(document, "table")
    .filter((table) => elements(table, `#${id}`).length > 0)
    .flatMap((table) => elements(table, "tbody tr"))
    .map((row) => elements(row, "th, td").map(textOf));

describe("renderEventReport", () => {
  it("has a section for every entry of its contents, and an id but once", () => {
    const wanted = elements(document, "nav a").map((link) => link.getAttribute("href")!.slice(1));
    expect(wanted).toEqual(["verdict", "next", "stream", "scores", "training", "groups", "facts"]);
    for (const id of wanted) expect(document.getElementById(id)?.tagName).toBe("SECTION");
    const ids = elements(document, "[id]").map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("opens offline: no script, no request, what comes from data escaped", () => {
    expect(document.querySelectorAll("script, link, img, iframe, object")).toHaveLength(0);
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toMatch(/<market>|<bridge>/);
    expect(page).toContain("Three streets &amp; a &lt;bridge&gt;");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("says for each of the three whether the model beats the best that counting gives", () => {
    const cards = elements(document, ".card").map((card) => [
      card.className,
      ...elements(card, ".headline").map(textOf),
    ]);
    expect(cards).toEqual([
      ["card good", "✓ Better than Markov chain"],
      ["card bad", "✗ No better than Poisson process by hour"],
      ["card good", "✓ Better than the base rate by sensor and hour"],
    ]);
    expect(textOf(elements(document, "#verdict")[0])).toMatch(/Perplexity 2\.7 against 3\.3/);
  });

  it("has the scores of every model in its tables", () => {
    expect(cellsOf("which-table").map(([name, perplexity]) => [name, perplexity])).toEqual([
      ["counting", "5.47"],
      ["Markov chain", "3.32"],
      ["model", "2.72"],
    ]);
    expect(cellsOf("when-table")[1]).toEqual(["model", "4.500", "18.00", "30.00", "82.0 %"]);
    expect(cellsOf("horizon-table")[1]).toEqual(["model", "0.08000"]);
    expect(cellsOf("kinds-table")[1]).toEqual(["slow", "speed <= 36 km/h", "true", "2 h", "70", "2"]);
    expect(cellsOf("next-table")).toEqual([["<market>", "foul", "40.0 %", "60.0 %"]]);
    expect(cellsOf("groups-table")).toEqual([["1", "120", "bridge foul (70), <market> slow (50)"]]);
    expect(cellsOf("rounds-table").map((cells) => cells.at(-1))).toEqual([
      "none moved",
      "50.0 % moved",
      "undone",
      "none moved",
    ]);
  });

  it("draws the stream, the calibration and both phases, each with words for those who cannot see it", () => {
    const spoken = elements(document, "svg[role=img]").map((svg) => svg.getAttribute("aria-label"));
    expect(spoken).toHaveLength(2 + 4);
    expect(spoken[0]).toMatch(/at most 4 in 4/);
    expect(
      document.querySelectorAll("#stream rect").length + document.querySelectorAll("#stream path").length,
    ).toBeGreaterThan(90);
  });

  it("leaves out the table's groups and rounds where there is none, and horizons that were not tried", () => {
    const { document: small } = parseHTML(
      renderEventReport({ ...eventSummary, groups: [], horizon: { ...eventSummary.horizon, origins: 0 } }),
    );
    for (const id of ["groups", "rounds-table", "horizon-table"]) expect(small.getElementById(id)).toBeNull();
  });

  it("is the same bytes each time", () => expect(renderEventReport(eventSummary)).toBe(page));
});
