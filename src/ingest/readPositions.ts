import { Effect } from "effect";
import type { Position } from "../series/Panel.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import { IntakeError, type IntakeProblem } from "./IntakeProblem.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import { readTable } from "./readTable.ts";

/** Where the sensors of a data set stand, by name, in the order of the file. */
export type Positions = ReadonlyMap<string, Position>;

/** Positions of a card: its positions file (path, where there is one), then its inline ones. */
export const readPositions = Effect.fn("readPositions")(function* (
  card: DatasetCard,
  path: string | undefined,
) {
  const positions = new Map<string, Position>();
  if (path !== undefined && card.positions !== undefined) {
    const { sensor = "", latitude = "", longitude = "", columns } = card.positions;
    const table = yield* readTable(path, columns);
    const problems: IntakeProblem[] = [];
    const [name, lat, lon] = [sensor, latitude, longitude].map((column) => {
      const field = table.names.indexOf(column);
      if (field < 0) {
        const nearest = nearestName(column, table.names);
        problems.push({
          file: path,
          line: 1,
          column: 1,
          message: `no column "${column}", which \`positions\` of the card names; ${
            nearest === undefined ? `the file has ${table.names.join(", ")}.` : `did you mean "${nearest}"?`
          }`,
        });
      }
      return field;
    });
    for (const { line, fields } of problems.length > 0 ? [] : table.rows) {
      const position = { latitude: degrees(fields[lat!]), longitude: degrees(fields[lon!]) };
      if (Math.abs(position.latitude) <= 90 && Math.abs(position.longitude) <= 180) {
        positions.set(fields[name!]!, position);
      } else {
        problems.push({
          file: path,
          line,
          column: 1,
          message: `"${fields[lat!]}, ${fields[lon!]}" is no latitude and longitude in degrees; mend the row.`,
        });
      }
    }
    if (problems.length > 0) {
      return yield* new IntakeError({ problems: problems.slice(0, 20), count: problems.length });
    }
  }
  for (const [sensor, [latitude, longitude]] of Object.entries(card.positions?.inline ?? {})) {
    positions.set(sensor, { latitude, longitude });
  }
  return positions satisfies Positions;
});

const degrees = (text: string | undefined): number =>
  text === undefined || text.trim() === "" ? NaN : Number(text);
