import { Effect } from "effect";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { loadPanel } from "../../src/ingest/loadPanel.ts";
import { readCard } from "../../src/ingest/readCard.ts";
import { localClock } from "../../src/series/LocalClock.ts";

/** Days of fine dust, each from local midnight to midnight. */
export interface CityDays {
  readonly stations: number;
  readonly days: number;
  /** [day][station][hour]: of the first station the level, of every other its difference to the first; NaN where missing. */
  readonly values: Float64Array;
}

const card = "stlnet-pm25";
const hours = 24;

/**
 * The recording of Ma et al., NeurIPS 2020, by its card.
 *
 * Fails as `loadPanel` does; with DataMissing where the file is neither in ORDINANCE_DATA nor in the cache.
 */
export const loadCityDays = Effect.fn("loadCityDays")(function* () {
  const { panel } = yield* loadPanel({ card: yield* readCard(card) });
  const stations = panel.sensors.length;
  const { minuteOfDay } = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps);
  const midnight = minuteOfDay.indexOf(0);
  const days = Math.floor((panel.steps - midnight) / hours);
  const values = new Float64Array(days * stations * hours);
  for (let day = 0; day < days; day++) {
    for (let station = 0; station < stations; station++) {
      for (let hour = 0; hour < hours; hour++) {
        const at = midnight + day * hours + hour;
        const first = panel.values[at]!;
        const own = panel.values[station * panel.steps + at]!;
        values[(day * stations + station) * hours + hour] = station === 0 ? first : own - first;
      }
    }
  }
  return { stations, days, values } satisfies CityDays;
}, Effect.provide(DataPlace.layer));
