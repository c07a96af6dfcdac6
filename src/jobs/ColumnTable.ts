/**
 * A column of text, by number into its distinct `names`; of instants in ms since 1970; or of numbers.
 *
 * Where a column is `nullable`, instants and numbers that are not finite are null in the files; else it has none.
 */
export type TableColumn =
  | { readonly name: string; readonly names: readonly string[]; readonly codes: Int32Array }
  | { readonly name: string; readonly instants: Float64Array; readonly nullable?: true }
  | { readonly name: string; readonly numbers: Float64Array; readonly nullable?: true };

/** Columns of one length, in order. */
export type ColumnTable = readonly TableColumn[];

/**
 * A column of text from its values; names are numbered as they first come.
 *
 * @example
 * textColumn("sensor", ["a", "b", "a"]).codes; // => Int32Array.of(0, 1, 0)
 */
export const textColumn = (
  name: string,
  values: readonly string[],
): { readonly name: string; readonly names: readonly string[]; readonly codes: Int32Array } => {
  const numbers = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  return { name, names: [...numbers.keys()], codes };
};
