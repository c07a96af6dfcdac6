import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_CARD, TINY_PIPELINE, TINY_SPEC, tinyCsv, TinyProject } from "./tinyProject.ts";

/** What a user did wrong, and what the message must hold: the value, the place, the remedy. */
interface Refusal {
  readonly files?: Readonly<Record<string, string | null>>;
  readonly words?: readonly string[];
  readonly says: readonly (string | RegExp)[];
}

/** `text` with its one `from` replaced; throws where there is none, so that a case cannot become void. */
const changed = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`no ${from}`);
  return text.replace(from, to);
};

const pipeline = (from: string, to: string) => ({ "tiny.yaml": changed(TINY_PIPELINE, from, to) });
const card = (from: string, to: string) => ({ "streets.yaml": changed(TINY_CARD, from, to) });
/** The CSV of the project with some lines, counted from 1, changed. */
const csvWith = (changes: Readonly<Record<number, (text: string) => string>>): string =>
  tinyCsv()
    .split("\n")
    .map((text, index) => changes[index + 1]?.(text) ?? text)
    .join("\n");

const MANY_DIGITS = "0123456789abcdef".repeat(4);

const refusals: Record<string, Refusal> = {
  "a data file that is not there": {
    files: { "streets/readings.csv": null },
    says: ["readings.csv", "Not found", "ORDINANCE_DATA"],
  },
  "a data file with another hash": {
    files: card("path: readings.csv", `path: readings.csv, sha256: ${MANY_DIGITS}`),
    says: ["readings.csv", "another file than the card means", MANY_DIGITS],
  },
  "rows that are too long and too short, and text where a number belongs": {
    files: {
      "streets/readings.csv": csvWith({
        7: (text) => `${text},9`,
        9: (text) => text.replace(/[^,]*$/, "fast"),
        1441: (text) => text.slice(0, text.lastIndexOf(",")),
      }),
    },
    says: [
      /readings\.csv:7:1: this row has 5 fields, the first row 4; mend the row/,
      /readings\.csv:9:\d+: found "fast" where a number \(speed, km\/h\) belongs/,
      /readings\.csv:1441:1: this row has 3 fields/,
    ],
  },
  "an unknown unit in the card": {
    files: card("unit: km/h", "unit: furlongs/h"),
    says: [/streets\.yaml:15:\d+: .*unit.* of speed.*furlongs/, "write one such as"],
  },
  "an unknown unit in a rule, and a slip in another": {
    files: {
      "tiny.stl": changed(changed(TINY_SPEC, "45 ug/m3", "45 ugm3"), "<= 6 km/h", "<= <= 6 km/h"),
    },
    says: ["ugm3", "tiny.stl:7:53", "^^^^", "Write a unit", "found <=", "tiny.stl:10:64"],
  },
  "a sensor and a signal that there are not, a unit of another kind, a rule that looks too far": {
    files: {
      "tiny.stl": `${TINY_SPEC}
require other_sensor : always[1h, 6h] no2[markt] <= 45 ug/m3;
require other_signal : forall s in sensors : always[1h, 6h] no3[s] <= 45 ug/m3;
require other_unit : forall s in sensors : always[1h, 6h] no2[s] <= 45 km/h;
require too_far : forall s in sensors : always[1h, 8h] no2[s] <= 45 ug/m3;
`,
    },
    says: [
      /no sensor markt [^]*tiny\.stl:12:43[^]* \^{5}\n[^]*Did you mean market\?/,
      /no signal no3 [^]*tiny\.stl:13:61[^]* \^{3}\n[^]*Did you mean no2\?/,
      /cannot compare ug\/m3 and km\/h [^]*tiny\.stl:14:59[^]* \^{17}\n/,
      /too_far looks ahead 8h .* a forecast reaches 6h [^]*tiny\.stl:15:9[^]* \^{7}\n[^]*Shorten/,
    ],
  },
  "a rule about what the data lacks": {
    files: { "tiny.stl": TINY_SPEC.replaceAll("no2", "ozone") },
    says: ["ozone", "tiny.stl:7:40", "no2, speed"],
  },
  "a rule file that is not there": {
    files: { "tiny.stl": null },
    says: ["tiny.stl: the rule file cannot be read"],
  },
  "a slip in a key": {
    files: pipeline("horizon: 6h", "horizn: 6h"),
    says: ["tiny.yaml:5:3: `forecast.horizon` is missing", "tiny.yaml:7:3:", "did you mean `horizon`?"],
  },
  "values of the wrong kind, all at once": {
    files: {
      "tiny.yaml": changed(
        changed(TINY_PIPELINE, "windows: 40", "windows: many"),
        "units: 4, headUnits",
        "units: 0, layers: 5, headUnits",
      ),
    },
    says: [
      "tiny.yaml:9:10: `model.units`",
      "between 1 and 512",
      "tiny.yaml:9:20: `model.layers`",
      "between 1 and 4",
      "tiny.yaml:18:3: `proof.windows`",
    ],
  },
  "a channel that the data lacks, and durations that are no whole steps": {
    files: {
      "tiny.yaml": changed(
        changed(TINY_PIPELINE, "[no2, speed]\n  history: 12h", "[no2, sped]\n  history: 90min"),
        "season: 24h",
        "season: 0h",
      ),
    },
    says: [
      "tiny.yaml:5:18: the data has no channel sped; did you mean speed?",
      "tiny.yaml:6:3: forecast.history 90min is not a whole number of 1h steps; take 1h or 2h",
      "tiny.yaml:8:3: forecast.season 0h is not a whole number of 1h steps; take 1h or 2h",
    ],
  },
  "a teacher of rules that are not trained": {
    files: pipeline("  stepsPerEpoch: 5", "  stepsPerEpoch: 5\n  ruleWeight: 0\n  ruleLoss: both"),
    says: [
      "tiny.yaml:18:3: training.ruleWeight 0 trains without rules, and training.ruleLoss both asks for a teacher of them; leave one of the two out",
    ],
  },
  "an embedding with keys of another kind, and hidden vectors that there are not": {
    files: pipeline("embedding: 2 }", "embedding: { kind: table, size: 0, rows: 3 } }"),
    says: [
      "tiny.yaml:9:69: model.embedding.rows is for the kind hashed, and the kind is table; leave it out",
      "tiny.yaml:9:60: model.embedding.size 0 leaves nothing to make of a table embedding",
    ],
  },
  "an embedding of an unknown kind": {
    files: pipeline("embedding: 2 }", "embedding: { kind: tabel, size: 2 } }"),
    says: ["tiny.yaml:9:", "model.embedding"],
  },
  "targets seen at every sensor that are none": {
    files: pipeline("  season: 24h", "  season: 24h\n  everySensor: [no2, rain]"),
    says: [
      "tiny.yaml:9:22: forecast.everySensor names rain, which is not among forecast.targets (no2, speed)",
    ],
  },
  "alarms of an unknown channel, with two thresholds and with none, beside a channel that the data lacks": {
    files: {
      "tiny.yaml": `${changed(TINY_PIPELINE, "[no2, speed]", "[no2, sped]")}alarms:
  - { channel: no, above: 40, missCost: 3 }
  - { channel: no2, above: 40, below: 4, missCost: 3 }
  - { channel: no2, missCost: 3, name: silent }
`,
    },
    says: [
      "tiny.yaml:5:18: the data has no channel sped",
      "tiny.yaml:20:7: an alarm needs a channel of forecast.targets, and no is none; did you mean no2?",
      "tiny.yaml:21:32: the alarm has both above 40 and below 4; keep one",
      "tiny.yaml:22:5: the alarm has no threshold; give above or below",
    ],
  },
  "a data set that there is not": {
    files: pipeline("data: ./streets.yaml", "data: artrial"),
    says: [/tiny\.yaml:2:1: .*"artrial".*did you mean "arterial"/],
  },
  "spans that are too short": {
    files: pipeline("scored: 24h", "scored: 30d"),
    says: [/tiny\.yaml:15:3: the training span has 14d of data, but needs at least \S+; give more data/],
  },
  "a day that there is not": {
    files: { "tiny.yaml": `${TINY_PIPELINE}from: 2025-02-30\n` },
    says: ["tiny.yaml:19:1: `from`", "2015-03-01"],
  },
  "a span without readings": {
    files: { "tiny.yaml": `${TINY_PIPELINE}from: 2026-01-01\n` },
    says: ["no reading from 2026-01-01", "readings.csv"],
  },
  "a file in the place of the output folder": {
    files: { out: "" },
    says: ["out/tiny: cannot be written (a file stands where a folder is needed)", "--out"],
  },
  "an output folder where none can be": {
    words: ["run", "tiny.yaml", "--out", "/proc/ordinance"],
    says: ["/proc/ordinance/tiny: cannot be written", "--out"],
  },
  "a pipeline that is not there": {
    words: ["run", "tny.yaml"],
    says: ["tny.yaml: the pipeline cannot be read (there is no such file"],
  },
  "a folder as pipeline": {
    words: ["run", "streets"],
    says: ["streets: the pipeline cannot be read (it is a folder"],
  },
  "an empty data file": {
    files: { "streets/readings.csv": "" },
    says: ["readings.csv:1:1: the file is empty"],
  },
  "a data file of column names alone": {
    files: { "streets/readings.csv": "time,street,no2,speed\n" },
    says: ["streets has no reading", "readings.csv"],
  },
  "a column that is not there": {
    files: { "streets/readings.csv": changed(tinyCsv(), "speed", "sped") },
    says: [/readings\.csv:1:1: no column "speed", which the card names; did you mean "sped"\?/],
  },
};

const usage: Record<string, Refusal> = {
  "an unknown command": { words: ["rnu", "tiny.yaml"], says: ['"rnu"', "Did you mean", "run"] },
  "an unknown flag": { words: ["run", "tiny.yaml", "--quite"], says: ["--quite", "--quiet"] },
  "a missing argument": { words: ["run"], says: ["pipeline"] },
  "one word too many": { words: ["run", "tiny.yaml", "other.yaml"], says: ['"other.yaml"'] },
  "a flag without its value": { words: ["run", "tiny.yaml", "--out"], says: ["--out"] },
  "verify without a pipeline": { words: ["verify", "model.ordinance"], says: ["--pipeline"] },
};

/** One message for people: no trace, no object, nothing about the product's own files. */
const expectOneMessage = ({ stderr, stdout }: Ended, says: Refusal["says"]): void => {
  expect(stderr.match(/^ERROR$/gm)).toHaveLength(1);
  for (const part of says) expect(stderr).toMatch(part instanceof RegExp ? part : new RegExp(literal(part)));
  expect(stderr + stdout).not.toMatch(/\n\s+at |\[object|dist\/|src\/|undefined|NaN/);
};

const literal = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

describe.concurrent("ordinance run refuses with status 2, one message and no result", () => {
  it.each(Object.entries(refusals))("%s", async (_name, { files, says, words }) => {
    const project = new TinyProject(files);
    try {
      const ended = await builtCommand("ordinance", words ?? ["run", "tiny.yaml"], { cwd: project.root });
      expect(ended).toMatchObject({ status: 2, stdout: "" });
      expectOneMessage(ended, says);
      const folder = project.path("out", "tiny");
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    } finally {
      project.remove();
    }
  });
});

describe.concurrent("ordinance refuses with status 2 and the usage", () => {
  it.each(Object.entries(usage))("%s", async (_name, { says, words }) => {
    const project = new TinyProject();
    try {
      const ended = await builtCommand("ordinance", words!, { cwd: project.root });
      expect(ended.status).toBe(2);
      expect(ended.stdout).toContain("USAGE");
      expectOneMessage(ended, says);
      expect(existsSync(project.path("out"))).toBe(false);
    } finally {
      project.remove();
    }
  });
});
