import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const TINY_SENSORS = ["bridge", "market", "station"] as const;
export const TINY_STEPS = 480;
export const TINY_START_MS = Date.UTC(2025, 2, 1);
export const HOUR_MS = 3_600_000;

/** Readings of one instant in the order of {@link TINY_SENSORS}; NaN where the file has none. */
export interface TinyReadings {
  readonly no2: readonly (readonly number[])[];
  readonly speed: readonly (readonly number[])[];
}

/** Noise in -1..1 from an index; the same on every machine. */
const noise = (index: number): number => ((index * 7919 + ((index * index) % 104_729)) % 2001) / 1000 - 1;

/** [step][sensor] of both channels: a daily shape with noise, some hours of no2 missing; the last hour is the day's worst. */
export const tinyReadings: TinyReadings = {
  no2: Array.from({ length: TINY_STEPS }, (_, step) =>
    TINY_SENSORS.map((_name, sensor) =>
      (step + 40 * sensor) % 97 === 0
        ? Number.NaN
        : rounded(
            30 + 16 * Math.sin((2 * Math.PI * (step + 7 - 3 * sensor)) / 24) + 5 * noise(step * 3 + sensor),
          ),
    ),
  ),
  speed: Array.from({ length: TINY_STEPS }, (_, step) =>
    TINY_SENSORS.map((_name, sensor) =>
      rounded(
        45 - 12 * Math.sin((2 * Math.PI * (step + 7 - 3 * sensor)) / 24) + 3 * noise(step * 5 + sensor + 1),
      ),
    ),
  ),
};

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

export const TINY_CARD = `title: Three streets
description: Made up for a test.
licence: CC0-1.0
sources: [a test]
zone: UTC
step: 1h
files: [{ path: readings.csv }]
layout:
  kind: long
  missing: [""]
  time: { column: time, clock: utc }
  sensor: street
  channels:
    - { name: no2, unit: ug/m3 }
    - { name: speed, unit: km/h }
`;

export const TINY_SPEC = `spec tiny "Three streets" {}
sampling 1h;
signal no2   : real in ug/m3 range [0, 100] missing hold 6h;
signal speed : real in km/h  range [0, 100] missing hold 6h;

require clean_air (severity = critical, scale = 5 ug/m3, because = "a limit of the air") :
  forall s in sensors : always[1h, 6h] no2[s] <= 45 ug/m3;

require gentle (severity = major, scale = 2 km/h, because = "traffic has inertia") :
  forall s in sensors : always[2h, 6h] abs(delta(speed[s])) <= 6 km/h;
`;

export const TINY_PIPELINE = `name: tiny
data: ./streets.yaml
rules: tiny.stl
forecast:
  targets: [no2, speed]
  history: 12h
  horizon: 6h
  season: 24h
model: { units: 4, headUnits: 4, embedding: 2 }
training:
  floatEpochs: 1
  ternaryEpochs: 1
  batch: 4
  warmup: 6h
  scored: 24h
  stepsPerEpoch: 5
proof:
  windows: 40
`;

/** The CSV of {@link tinyReadings}: one row a street and hour. */
export const tinyCsv = (): string =>
  [
    "time,street,no2,speed",
    ...tinyReadings.no2.flatMap((no2, step) =>
      TINY_SENSORS.map((street, sensor) => {
        const time = new Date(TINY_START_MS + step * HOUR_MS).toISOString().slice(0, 19);
        const cell = (value: number): string => (Number.isNaN(value) ? "" : value.toFixed(1));
        return `${time},${street},${cell(no2[sensor]!)},${cell(tinyReadings.speed[step]![sensor]!)}`;
      }),
    ),
    "",
  ].join("\n");

/** A folder with a data set, its card, rules and a pipeline of their own: a run of it takes seconds. */
export class TinyProject {
  readonly root = mkdtempSync(join(tmpdir(), "ordinance-cli-"));

  /** @param files contents that differ from the ones above, by path; null leaves a file out */
  constructor(files: Readonly<Record<string, string | null>> = {}) {
    const all: Record<string, string | null> = {
      "streets.yaml": TINY_CARD,
      "streets/readings.csv": tinyCsv(),
      "tiny.stl": TINY_SPEC,
      "tiny.yaml": TINY_PIPELINE,
      ...files,
    };
    for (const [path, content] of Object.entries(all)) if (content !== null) this.write(path, content);
  }

  path(...names: readonly string[]): string {
    return join(this.root, ...names);
  }

  /** Writes a file below the folder and gives its path. */
  write(name: string, content: string | Uint8Array): string {
    const file = this.path(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
