/** Rows as lines with aligned columns, the first column to the left, the others to the right. */
export const alignedColumns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  ")}`,
  );
};

/** A share 0..1 in percent; a dash where there is none. */
export const percent = (share: number): string =>
  Number.isNaN(share) ? "-" : `${(share * 100).toFixed(1)} %`;
