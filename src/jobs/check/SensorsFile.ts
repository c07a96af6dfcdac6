import { Effect, FileSystem, Schema } from "effect";
import { decodeYaml } from "../../ingest/decodeYaml.ts";
import { IntakeError, type IntakeProblem } from "../../ingest/IntakeProblem.ts";
import { readTable } from "../../ingest/readTable.ts";
import type { Position } from "../../series/Panel.ts";
import { nearestName } from "../../stl/language/nearestName.ts";
import { fileTrouble } from "../../ingest/fileTrouble.ts";

/** What is known of sensors beside their readings. */
export interface SensorsFile {
  readonly path: string;
  readonly names: readonly string[];
  /** Sensors that carry a tag, by tag. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly positions: ReadonlyMap<string, Position>;
}

const Sensor = Schema.Struct({
  tags: Schema.optionalKey(Schema.Array(Schema.String)),
  latitude: Schema.optionalKey(Schema.Finite),
  longitude: Schema.optionalKey(Schema.Finite),
});

const columns = ["sensor", "tags", "latitude", "longitude"];

interface Entry {
  readonly name: string;
  readonly tags: readonly string[];
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  /** Both as they were written. */
  readonly coordinates: string;
  readonly line: number;
}

/**
 * Reads what is known of sensors: CSV with the columns sensor, tags (several parted by spaces or semicolons),
 * latitude and longitude, or YAML with an entry `NAME: { tags: [school], latitude: 48.2, longitude: 16.4 }` a sensor.
 */
export const readSensorsFile = Effect.fn("readSensorsFile")(function* (path: string) {
  const yaml = /\.ya?ml$/i.test(path);
  const { entries, problems } = yield* yaml ? readYaml(path) : readCsv(path);
  const found = [...problems, ...faultsOf(path, entries)];
  if (found.length > 0) {
    return yield* new IntakeError({ problems: found.slice(0, 20), count: found.length });
  }
  const tags = new Map<string, string[]>();
  for (const { name, tags: own } of entries) {
    for (const tag of own) tags.set(tag, [...(tags.get(tag) ?? []), name]);
  }
  const positions = new Map(
    entries.flatMap(({ latitude, longitude, name }) =>
      latitude === undefined || longitude === undefined ? [] : [[name, { latitude, longitude }] as const],
    ),
  );
  return { path, names: entries.map(({ name }) => name), tags, positions } satisfies SensorsFile;
});

const readYaml = Effect.fn("readYaml")(function* (path: string) {
  const files = yield* FileSystem.FileSystem;
  const problems: IntakeProblem[] = [];
  const text = yield* files.readFileString(path).pipe(
    Effect.mapError((cause) => {
      const message = `the sensors file cannot be read: ${fileTrouble(cause)}.`;
      return new IntakeError({ problems: [{ file: path, line: 0, column: 0, message }], count: 1 });
    }),
  );
  const decoded = decodeYaml(Schema.Record(Schema.String, Schema.NullOr(Sensor)), text);
  if (decoded._tag === "Failure") {
    problems.push(...decoded.failure.map((problem) => ({ file: path, ...problem })));
    return { entries: [], problems };
  }
  const entries = Object.entries(decoded.success).map(([name, sensor]): Entry => ({
    name,
    tags: sensor?.tags ?? [],
    latitude: sensor?.latitude,
    longitude: sensor?.longitude,
    coordinates: `${sensor?.latitude}, ${sensor?.longitude}`,
    line: 0,
  }));
  return { entries, problems };
});

const readCsv = Effect.fn("readCsv")(function* (path: string) {
  const table = yield* readTable(path);
  const problems: IntakeProblem[] = [];
  const fields = columns.map((column) => table.names.indexOf(column));
  if (fields[0]! < 0) {
    const near = nearestName("sensor", table.names);
    const hint = near === undefined ? `the file has ${table.names.join(", ")}` : `is "${near}" meant?`;
    problems.push({ file: path, line: 1, column: 1, message: `no column "sensor"; ${hint}.` });
    return { entries: [], problems };
  }
  const degrees = (text: string | undefined): number | undefined =>
    text === undefined || text === "" ? undefined : Number(text);
  const entries = table.rows.map(({ fields: cells, line }): Entry => {
    const [name, tags, latitude, longitude] = fields.map((field) => cells[field]);
    return {
      name: name ?? "",
      tags: (tags ?? "").split(/[\s;|]+/).filter((tag) => tag !== ""),
      latitude: degrees(latitude),
      longitude: degrees(longitude),
      coordinates: `${latitude}, ${longitude}`,
      line,
    };
  });
  return { entries, problems };
});

const faultsOf = (file: string, entries: readonly Entry[]): IntakeProblem[] => {
  const seen = new Set<string>();
  return entries.flatMap(({ coordinates, latitude, line, longitude, name }) => {
    const messages: string[] = [];
    if (name === "") messages.push("the row names no sensor; fill its sensor column.");
    else if (seen.has(name)) messages.push(`${name} stands here a second time; remove one of them.`);
    seen.add(name);
    if ((latitude === undefined) !== (longitude === undefined)) {
      messages.push(`${name} has one coordinate; give both latitude and longitude, or neither.`);
    } else if (latitude !== undefined && longitude !== undefined) {
      if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
        messages.push(`"${coordinates}" of ${name} is no latitude and longitude in degrees; mend it.`);
      }
    }
    return messages.map((message) => ({ file, line, column: 1, message }));
  });
};
