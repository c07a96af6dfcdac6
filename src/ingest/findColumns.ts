import type { ReadingContext, ReadingFile } from "./CsvReader.ts";
import type { CsvRecords } from "./CsvRecords.ts";
import { nearestName } from "../stl/language/nearestName.ts";

/**
 * Fields of the wanted columns, in their order; undefined, with a problem for each, where one is not there.
 * Columns that the card does not know are noted in the tally.
 */
export const findColumns = (
  context: ReadingContext,
  file: ReadingFile,
  names: readonly string[],
  wanted: readonly string[],
  known: readonly string[],
  records: CsvRecords,
): number[] | undefined => {
  const { problems, tally } = context;
  const fields = wanted.map((column) => names.indexOf(column));
  const missing = wanted.filter((_, index) => fields[index]! < 0);
  for (const column of missing) {
    const nearest = nearestName(column, names);
    problems.add({
      file: file.path,
      line: records.line,
      column: 1,
      message: `no column "${column}", which the card names; ${
        nearest === undefined
          ? `the file has ${names.slice(0, 20).join(", ")}.`
          : `did you mean "${nearest}"?`
      }`,
    });
  }
  const repeated = wanted.filter((column) => names.indexOf(column) !== names.lastIndexOf(column));
  for (const column of repeated) {
    const place = records.place(names.lastIndexOf(column));
    problems.add({
      file: file.path,
      ...place,
      message: `the column "${column}" stands here twice; rename one of them.`,
    });
  }
  const unread = names.filter((name) => !wanted.includes(name) && !known.includes(name));
  const note = unread.join(", ");
  if (unread.length > 0 && !tally.unreadColumns.includes(note)) tally.unreadColumns.push(note);
  return missing.length + repeated.length > 0 ? undefined : fields;
};
