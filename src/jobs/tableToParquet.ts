import { parquetWriteBuffer } from "hyparquet-writer";
import type { ColumnTable, TableColumn } from "./ColumnTable.ts";

/** The table as a Parquet file; the same table gives the same bytes. */
export const tableToParquet = (table: ColumnTable): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData: table.map(columnOf) }));

const columnOf = (column: TableColumn) => {
  const { name } = column;
  if ("codes" in column) {
    const { codes, names } = column;
    return { name, data: Array.from(codes, (code) => names[code]!), type: "STRING" as const };
  }
  if ("numbers" in column)
    return { name, type: "DOUBLE" as const, ...cells(column.numbers, column.nullable) };
  const whole = column.instants.map(Math.round);
  return { name, type: "TIMESTAMP" as const, ...cells(whole, column.nullable) };
};

/** Values of a nullable column with null where one is not finite. */
const cells = (values: Float64Array, nullable: true | undefined) => {
  if (nullable === undefined) return { data: values };
  const data = values.every(Number.isFinite)
    ? values
    : Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  return { data, nullable };
};
