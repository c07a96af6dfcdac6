import { Schema } from "effect";

const Text = Schema.NonEmptyString;
const Sha256 = Schema.String.check(
  Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "a sha256 in 64 lower-case hexadecimal digits" }),
);
const Bytes = Schema.Int.check(Schema.isGreaterThan(0));

/** Another form in which the same readings are found, such as the file before it was compressed. */
const FileForm = Schema.Struct({
  path: Text,
  sha256: Schema.optionalKey(Sha256),
  bytes: Schema.optionalKey(Bytes),
});

const CardFile = Schema.Struct({
  path: Text,
  sha256: Schema.optionalKey(Sha256),
  bytes: Schema.optionalKey(Bytes),
  /** Address of this very file. */
  url: Schema.optionalKey(Text),
  role: Schema.optionalKey(Schema.Literals(["readings", "positions", "adjacency"])),
  /** The sensor all rows of this file belong to. */
  sensor: Schema.optionalKey(Text),
  /** The channel all cells of this file belong to (wide and sensor-rows layouts). */
  channel: Schema.optionalKey(Text),
  or: Schema.optionalKey(Schema.Array(FileForm)),
});

const MissingCodes = Schema.Array(Schema.Union([Schema.String, Schema.Finite]));

const Channel = Schema.Struct({
  name: Text,
  unit: Text,
  /** The column it stands in; the name of the channel where left out. */
  column: Schema.optionalKey(Text),
  kind: Schema.optionalKey(Schema.Literals(["number", "compass"])),
  missing: Schema.optionalKey(MissingCodes),
});

const DateText = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/, { expected: "a date such as 2012-05-01" }),
);
const DateTimeText = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/, {
    expected: "a date or a time such as 2012-05-01T00:00",
  }),
);
const TimeOfDay = Schema.String.check(
  Schema.isPattern(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { expected: "a time of day such as 05:00" }),
);

const Time = Schema.Struct({
  clock: Schema.Literals(["utc", "local", "local-folded"]),
  /** Column of the time; `format` says how it is written. */
  column: Schema.optionalKey(Text),
  /** `iso` (where left out), `epoch-s`, `epoch-ms`, or a form such as `DD/MM/YYYY HH:mm`. */
  format: Schema.optionalKey(Text),
  /** Columns of the parts of the time. */
  parts: Schema.optionalKey(
    Schema.Struct({
      year: Text,
      month: Text,
      day: Text,
      hour: Schema.optionalKey(Text),
      minute: Schema.optionalKey(Text),
    }),
  ),
  /** No time column: the time of the first row; each further row is one step later. */
  start: Schema.optionalKey(DateTimeText),
  /** No time column: the rows are the steps of these days, one day after the other. */
  days: Schema.optionalKey(
    Schema.Struct({
      from: Schema.optionalKey(DateText),
      to: Schema.optionalKey(DateText),
      weekdays: Schema.optionalKey(
        Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 }))),
      ),
      except: Schema.optionalKey(Schema.Array(DateText)),
      list: Schema.optionalKey(Schema.Array(DateText)),
      begin: Schema.optionalKey(TimeOfDay),
      end: Schema.optionalKey(TimeOfDay),
    }),
  ),
});

const Layout = Schema.Struct({
  kind: Schema.Literals(["long", "wide", "sensor-rows", "hdf5"]),
  header: Schema.optionalKey(Schema.Boolean),
  delimiter: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[^"\r\n]$/, { expected: "one character" })),
  ),
  decimal: Schema.optionalKey(Schema.Literals([".", ","])),
  missing: Schema.optionalKey(MissingCodes),
  time: Time,
  /** Long layout: column of the sensor; left out with one file a sensor. */
  sensor: Schema.optionalKey(Text),
  /** Names of the sensors in the order of the columns (or rows) where no header names them. */
  sensors: Schema.optionalKey(
    Schema.Struct({
      list: Schema.optionalKey(Schema.Array(Text)),
      prefix: Schema.optionalKey(Schema.String),
      count: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
      /** `positions`: the order of the positions file. */
      from: Schema.optionalKey(Schema.Literals(["positions"])),
    }),
  ),
  channels: Schema.Array(Channel),
  /** Columns that are known and not read. */
  ignore: Schema.optionalKey(Schema.Array(Text)),
});

const Positions = Schema.Struct({
  /** Columns of the file of role `positions`. */
  sensor: Schema.optionalKey(Text),
  latitude: Schema.optionalKey(Text),
  longitude: Schema.optionalKey(Text),
  /** Column names of a positions file without header. */
  columns: Schema.optionalKey(Schema.Array(Text)),
  /** [latitude, longitude] by sensor. */
  inline: Schema.optionalKey(Schema.Record(Schema.String, Schema.Tuple([Schema.Finite, Schema.Finite]))),
  approximate: Schema.optionalKey(Schema.Boolean),
});

/** The card as it is written, before its parts are held against each other. */
export const CardBody = Schema.Struct({
  title: Text,
  description: Text,
  licence: Text,
  citation: Schema.optionalKey(Text),
  /** Pages where the data set is described or offered. */
  sources: Schema.Array(Text),
  /** What a person does to get it where no address leads straight to the files. */
  obtain: Schema.optionalKey(Text),
  /** Zip archives that hold the files, by their base names. */
  archives: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ url: Text, sha256: Schema.optionalKey(Sha256), bytes: Schema.optionalKey(Bytes) }),
    ),
  ),
  /** Folder below ORDINANCE_DATA and the cache; the name of the card where left out. */
  folder: Schema.optionalKey(Text),
  zone: Text,
  step: Text,
  files: Schema.NonEmptyArray(CardFile),
  layout: Layout,
  positions: Schema.optionalKey(Positions),
  /** Sensors that carry a tag, by tag. */
  tags: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Text))),
});

export type CardBody = typeof CardBody.Type;
export type CardFile = typeof CardFile.Type;
export type CardChannel = typeof Channel.Type;
export type CardTime = typeof Time.Type;
export type CardLayout = typeof Layout.Type;
export type MissingCode = string | number;

/** What is known of a data set: where it is got, how its files are laid out, what they mean. */
export interface DatasetCard extends CardBody {
  readonly name: string;
  /** Path of the card itself. */
  readonly source: string;
  readonly stepMs: number;
}
