/** A cluster file: which groups of sensors are forecast at which instants, and where the workers meet. */
import { Effect, Schema } from "effect";
import type { YamlConflict } from "../../ingest/decodeYaml.ts";
import { readYamlFile } from "../../ingest/readYamlFile.ts";
import { scheduleConflicts, ScheduleFile } from "../schedule/ScheduleFile.ts";

const Port = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }));
const { catchUp, cron, delay, name, retries, timeout, zone } = ScheduleFile.fields;

export class ClusterFile extends Schema.Class<ClusterFile>("ordinance/ClusterFile")({
  name,
  cron,
  zone,
  delay,
  catchUp,
  retries,
  timeout,
  /** Postgres, which holds what is to be done, who does it, and the forecasts. */
  database: Schema.Struct({
    host: Schema.NonEmptyString,
    port: Port.pipe(Schema.withDecodingDefaultKey(Effect.succeed(5432))),
    database: Schema.NonEmptyString,
    user: Schema.NonEmptyString,
    /** Environment variable that holds the password. */
    passwordVariable: Schema.NonEmptyString.pipe(Schema.withDecodingDefaultKey(Effect.succeed("PGPASSWORD"))),
  }),
  /** How soon a worker that is gone is noticed, in seconds: its work goes to the others then. */
  lostAfterSeconds: Schema.Int.check(Schema.isBetween({ minimum: 4, maximum: 3600 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(30)),
  ),
  /** Sensors that are forecast together: by one model, whose rules may join them. */
  groups: Schema.NonEmptyArray(
    Schema.Struct({
      name: Schema.NonEmptyString,
      /** Folder of a run, or folder of runs (see `currentModel`); relative to the cluster file. */
      model: Schema.NonEmptyString,
      /** Name of a data card, or the path of one relative to the cluster file; that of the model where left out. */
      data: Schema.optionalKey(Schema.NonEmptyString),
      /** Feed file, relative to the cluster file, whose store is read in place of a data card. */
      feed: Schema.optionalKey(Schema.NonEmptyString),
    }),
  ),
}) {}

export type ClusterGroup = ClusterFile["groups"][number];

const conflictsOf = (file: ClusterFile): YamlConflict[] => {
  const twice = file.groups.flatMap((group, index) =>
    file.groups.findIndex((other) => other.name === group.name) === index
      ? []
      : [
          {
            path: ["groups", index, "name"],
            message: `two groups are called ${group.name}; give one of them another name`,
          },
        ],
  );
  return [...scheduleConflicts(file), ...twice];
};

const KIND = { what: "the cluster file", remedy: "Give the path of one (see docs/cluster.md)" };

/** Reads a cluster file; all its problems at once, each with line and column. */
export const readCluster = (path: string) => readYamlFile(ClusterFile, path, KIND, conflictsOf);
