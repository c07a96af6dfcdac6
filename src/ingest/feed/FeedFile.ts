import { Schema } from "effect";
import { ResampleMethod } from "../store/ResampleRule.ts";

const Text = Schema.NonEmptyString;

const Channel = Schema.Struct({
  name: Text,
  unit: Text,
  /** Least and greatest value that can be; readings outside are counted and left out. */
  possible: Schema.optionalKey(Schema.Tuple([Schema.Finite, Schema.Finite])),
});

const Time = Schema.Struct({
  /** Column, or key of the JSON object (`outer.inner` where it nests). */
  column: Text,
  clock: Schema.Literals(["utc", "local", "local-folded"]),
  /** `iso` (where left out), `epoch-s`, `epoch-ms`, or a form such as `DD/MM/YYYY HH:mm`. */
  format: Schema.optionalKey(Text),
});

const Sensor = Schema.Struct({
  /** Column or key that names the sensor. */
  column: Schema.optionalKey(Text),
  /** The one sensor of all readings. */
  name: Schema.optionalKey(Text),
  /** Level of the MQTT topic that names the sensor, counted from 1. */
  topicLevel: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
});

const rows = {
  time: Time,
  sensor: Schema.optionalKey(Sensor),
  /** Column or key by channel, where it is not the channel's name; channels that are not named are not read. */
  columns: Schema.optionalKey(Schema.Record(Schema.String, Text)),
  /** Texts and numbers that say that there is no reading. */
  missing: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Schema.Finite]))),
};

const file = {
  ...rows,
  /** A file, a folder of files, or `-` for standard input; from the folder of the feed file. */
  path: Text,
  /** Go on when lines are added to the file, or files to the folder. */
  follow: Schema.optionalKey(Schema.Boolean),
};

const CsvFeed = Schema.Struct({
  kind: Schema.Literal("csv"),
  ...file,
  /** `wide`: one column a sensor, all of one channel. */
  layout: Schema.optionalKey(Schema.Literals(["long", "wide"])),
  delimiter: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[^"\r\n]$/, { expected: "one character" })),
  ),
  decimal: Schema.optionalKey(Schema.Literals([".", ","])),
  /** Columns that are known and not read. */
  ignore: Schema.optionalKey(Schema.Array(Text)),
});
const NdjsonFeed = Schema.Struct({ kind: Schema.Literal("ndjson"), ...file });
const ArrowFeed = Schema.Struct({ kind: Schema.Literal("arrow"), ...file });
const ParquetFeed = Schema.Struct({ kind: Schema.Literal("parquet"), ...file });
const MqttFeed = Schema.Struct({
  kind: Schema.Literal("mqtt"),
  ...rows,
  /** Such as `mqtt://broker:1883` or `mqtts://broker`. */
  url: Text,
  /** Topics, each level a name, `+` (any one level) or, at the end, `#`. */
  topics: Schema.NonEmptyArray(Text),
  /** Name of this client at the broker, which keeps what was not yet acknowledged under it. */
  clientId: Text,
  /** Environment variables that hold the credentials. */
  userFrom: Schema.optionalKey(Text),
  passwordFrom: Schema.optionalKey(Text),
});

/** A feed as it is written, before its parts are held against each other. */
export const FeedBody = Schema.Struct({
  name: Text,
  zone: Text,
  step: Text,
  channels: Schema.NonEmptyArray(Channel),
  /** Sensors that are expected: one that never reports is named. */
  sensors: Schema.optionalKey(Schema.Array(Text)),
  /** Folder of the store, from the folder of the feed file. */
  store: Text,
  resample: Schema.optionalKey(
    Schema.Struct({
      to: Schema.optionalKey(Schema.Literal("step")),
      by: ResampleMethod,
      tolerance: Schema.optionalKey(Text),
    }),
  ),
  /** A reading of a live source that arrives later than this after its instant is late. */
  late: Schema.optionalKey(Text),
  /** A sensor is dead after this without a reading. */
  dead: Schema.optionalKey(Text),
  sources: Schema.NonEmptyArray(Schema.Union([CsvFeed, NdjsonFeed, ArrowFeed, ParquetFeed, MqttFeed])),
});

export type FeedBody = typeof FeedBody.Type;
export type CsvFeed = typeof CsvFeed.Type;
export type NdjsonFeed = typeof NdjsonFeed.Type;
export type ArrowFeed = typeof ArrowFeed.Type;
export type ParquetFeed = typeof ParquetFeed.Type;
export type MqttFeed = typeof MqttFeed.Type;
export type FileFeed = CsvFeed | NdjsonFeed | ArrowFeed | ParquetFeed;
export type FeedSourceFile = FeedBody["sources"][number];
