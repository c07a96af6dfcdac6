import type { Path } from "effect";
import type { ReadingsPlace } from "../forecast/readingsFor.ts";

/** Where a schedule finds its readings; files are named relative to the folder of the schedule file. */
export const placeOfReadings = (
  path: Path.Path,
  folder: string,
  { data, feed }: ReadingsPlace,
): ReadingsPlace => ({
  ...(feed !== undefined && { feed: path.resolve(folder, feed) }),
  // A card of one's own is given by its path, one that is shipped by its name.
  ...(data !== undefined && { data: data.endsWith(".yaml") ? path.resolve(folder, data) : data }),
});
