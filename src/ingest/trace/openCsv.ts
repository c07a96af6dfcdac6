import { Effect, FileSystem, Stream } from "effect";
import { CsvRecords } from "../CsvRecords.ts";
import { fileBytes } from "../csvSource.ts";
import { SourceError } from "../Source.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import { CsvRows } from "./CsvRows.ts";
import { textBatches } from "./textBatches.ts";
import type { TraceFile } from "./TraceFile.ts";

const delimiters = [",", ";", "\t"];
const delimiterNames: Readonly<Record<string, string>> = { ",": "", ";": " (;)", "\t": " (tab)" };

/** The delimiter that the header holds most of. */
const delimiterOf = (line: string): string =>
  delimiters.reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best));

/** Whether a header is none: nothing in it is a name. */
const onlyNumbers = (columns: readonly string[]): boolean =>
  columns.every((text) => /^[-+]?[\d.,:TZ eE+-]+$/.test(text.trim()));

/** Opens a CSV trace: the first line names the columns, the delimiter is a comma, a semicolon or a tab. */
export const openCsv = Effect.fn("openCsv")(function* (
  file: string,
  path: string,
  suffix: string,
  names: TraceNames,
) {
  const files = yield* FileSystem.FileSystem;
  const { size } = yield* files
    .stat(file)
    .pipe(Effect.mapError((cause) => new SourceError({ place: path, reason: cause.message })));
  const chunks = yield* fileBytes(file).pipe(Stream.take(1), Stream.runCollect);
  const bytes = chunks[0] ?? new Uint8Array(0);
  const text = new TextDecoder().decode(bytes.subarray(0, 1 << 16)).trimStart();
  const delimiter = delimiterOf(text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n")));
  const records = new CsvRecords(delimiter);
  records.push(bytes);
  let found = records.next();
  if (!found) {
    records.end();
    found = records.next();
  }
  while (found && records.fieldCount === 1 && records.starts[0] === records.ends[0]) found = records.next();
  const columns = found ? records.texts().map((name) => name.trim()) : [];
  const { line } = records;
  if (columns.length === 0) {
    return yield* new SourceError({
      place: path,
      reason: "the file holds blank lines only; it should begin with a line of column names.",
    });
  }
  if (onlyNumbers(columns)) {
    return yield* new SourceError({
      place: `${path}:${line}`,
      reason: `the first line names no columns, it begins with ${columns.slice(0, 3).join(", ")}; add one such as time,speed.`,
    });
  }
  const place = (at: number): string => `${path}:${at}`;
  const trace: TraceFile = {
    path,
    format: `CSV${delimiterNames[delimiter]}${suffix}`,
    columns,
    header: `${path}:${line}`,
    place,
    batches: (reading) =>
      textBatches(
        file,
        size,
        suffix !== "",
        () => new CsvRows(reading, delimiter, columns.length, place, names),
      ),
  };
  return trace;
});
