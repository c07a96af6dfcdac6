import { Effect } from "effect";
import { IntakeError } from "./IntakeProblem.ts";
import { readTable } from "./readTable.ts";

/**
 * Reads a square table of numbers without header: one row and one column a sensor, in the order of the data
 * set's sensors. What the numbers are (weights, metres) the card says.
 */
export const readAdjacency = Effect.fn("readAdjacency")(function* (path: string, sensors: number) {
  const names = Array.from({ length: sensors }, (_, column) => String(column + 1));
  const table = yield* readTable(path, names);
  const problem = (line: number, message: string) =>
    new IntakeError({ problems: [{ file: path, line, column: 1, message }], count: 1 });
  if (table.rows.length !== sensors) {
    return yield* problem(
      1,
      `the table has ${table.rows.length} rows for ${sensors} sensors; get the right file.`,
    );
  }
  const values = new Float64Array(sensors * sensors);
  for (const [row, { line, fields }] of table.rows.entries()) {
    for (const [column, field] of fields.entries()) {
      const value = field === "" ? NaN : Number(field);
      if (Number.isNaN(value)) {
        return yield* problem(
          line,
          `found "${field}" as entry ${column + 1} where a number belongs; mend it.`,
        );
      }
      values[row * sensors + column] = value;
    }
  }
  return values;
});
