import { nearestName } from "../../stl/language/nearestName.ts";

/** What is wrong with the columns of a file; undefined where all that are wanted are there. */
export const columnFault = (wanted: readonly string[], names: readonly string[]): string | undefined => {
  const faults = wanted
    .filter((column) => !names.includes(column))
    .map((column) => {
      const nearest = nearestName(column, names);
      return `no column "${column}", which the feed names; ${
        nearest === undefined ? `the file has ${names.slice(0, 20).join(", ")}` : `did you mean "${nearest}"?`
      }`;
    });
  return faults.length === 0 ? undefined : faults.join("; ");
};
