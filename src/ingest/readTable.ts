import { Effect, Stream } from "effect";
import { CsvRecords } from "./CsvRecords.ts";
import { fileBytes } from "./csvSource.ts";
import { IntakeError, type IntakeProblem } from "./IntakeProblem.ts";

/** A small table read whole: column names and rows of texts, each row with its line. */
export interface TextTable {
  readonly path: string;
  readonly names: readonly string[];
  readonly rows: readonly { readonly line: number; readonly fields: readonly string[] }[];
}

/** Reads a small CSV file whole as texts; `names` are given where the file has no header. */
export const readTable = Effect.fn("readTable")(function* (path: string, names?: readonly string[]) {
  const records = new CsvRecords(",");
  yield* fileBytes(path).pipe(Stream.runForEach((chunk) => Effect.sync(() => records.push(chunk))));
  records.end();
  let header = names;
  const rows: { line: number; fields: string[] }[] = [];
  const problems: IntakeProblem[] = [];
  while (records.next()) {
    const fields = records.texts().map((field) => field.trim());
    if (fields.length === 1 && fields[0] === "") continue;
    if (header === undefined) {
      header = fields;
      continue;
    }
    if (fields.length !== header.length) {
      const message = `this row has ${fields.length} fields, the first ${header.length}; mend the row.`;
      problems.push({ file: path, line: records.line, column: 1, message });
    }
    rows.push({ line: records.line, fields });
  }
  if (problems.length > 0) {
    return yield* new IntakeError({ problems: problems.slice(0, 20), count: problems.length });
  }
  const table: TextTable = { path, names: header ?? [], rows };
  return table;
});
