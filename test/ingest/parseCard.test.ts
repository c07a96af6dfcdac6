import { Result } from "effect";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCard } from "../../src/ingest/parseCard.ts";
import { cardText } from "./temporaryData.ts";

const problemsOf = (text: string): string[] => {
  const result = parseCard("t", "t.yaml", text);
  return Result.isFailure(result) ? result.failure.message.split("\n") : [];
};

const sound = cardText(
  "kind: wide\ntime: { column: time, clock: utc }\nchannels: [{ name: speed, unit: km/h }]",
);

describe("parseCard", () => {
  it("reads a sound card", () => {
    const card = Result.getOrThrow(parseCard("t", "t.yaml", sound));
    expect(card).toMatchObject({ name: "t", zone: "UTC", stepMs: 3_600_000 });
  });

  it("reads every card that comes with the product", () => {
    const folder = new URL("../../datasets/", import.meta.url);
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
    expect(files).toContain("arterial.yaml");
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), "utf8");
      const result = parseCard(file, file, text);
      expect(Result.isFailure(result) ? result.failure.message : "").toBe("");
    }
  });

  it("names all problems with line and column, in the order of the text", () => {
    const text = sound.replace("title: t", "titel: t").replace("licence: none", "licence: 3");
    expect(problemsOf(text)).toEqual([
      "t.yaml:1:1: Unknown key `titel`; did you mean `title`?",
      "t.yaml:1:1: `title` is missing; add it.",
      "t.yaml:3:1: `licence`: expected string.",
    ]);
  });

  it("names unknown keys deep inside", () => {
    const text = sound.replace("unit: km/h", "units: km/h");
    expect(problemsOf(text)).toEqual([
      "t.yaml:11:14: `layout.channels.0.unit` is missing; add it.",
      "t.yaml:11:29: Unknown key `units`; did you mean `unit`?",
    ]);
  });

  it.each([
    ["step", "step: 1h", "step: often", /:6:1: `step`: "often" is no duration/],
    ["zone", "zone: UTC", "zone: Europe/Berln", /:5:1: `zone`: "Europe\/Berln" is no IANA time zone/],
    ["unit", "unit: km/h", "unit: furlongs/hh", /:11:29: `unit` of speed: /],
    [
      "two times",
      "column: time",
      "column: time, start: 2021-01-01",
      /exactly one of column, parts, start and days; it has column and start/,
    ],
    ["no time", "column: time, ", "", /exactly one of column, parts, start and days; it has none/],
    ["format", "column: time", "column: time, format: HH:mm", /"HH:mm" is no time format/],
    ["path", "path: data.csv", "path: ../data.csv", /leaves the folder of the data set/],
    ["channel of file", "path: data.csv", "path: data.csv, channel: sped", /did you mean `speed`\?/],
    ["sha256", "path: data.csv", "path: data.csv, sha256: abc", /64 lower-case hexadecimal digits/],
    ["no header", "kind: wide", "kind: wide\n  header: false", /No header names the sensors/],
    ["yaml", "zone: UTC", "zone: [UTC", /t\.yaml:\d+:\d+: /],
  ])("refuses a faulty %s", (_, from, to, expected) => {
    const problems = problemsOf(sound.replace(from, to));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).toMatch(expected);
  });
});
