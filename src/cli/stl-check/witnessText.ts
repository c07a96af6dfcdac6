import { formatDuration } from "../../stl/language/Duration.ts";
import type { Run, SeriesRuns } from "../../stl/satisfy/witnessRuns.ts";

const SERIES_SHOWN = 12;
const RUNS_SHOWN = 6;

/** Readings that keep all rules of a file, by their time from the origin; long lists are cut, and it is said where. */
export const witnessText = (witness: readonly SeriesRuns[], stepMs: number): string[] => {
  const at = (step: number): string => `${step < 0 ? "-" : ""}${formatDuration(Math.abs(step) * stepMs)}`;
  const runText = ({ from, to, value }: Run): string => {
    const reading = String(Number(value.toPrecision(6)));
    return from === to ? `${reading} at ${at(from)}` : `${reading} from ${at(from)} to ${at(to)}`;
  };
  const seriesText = ({ runs, sensor, signal }: SeriesRuns): string => {
    const name = sensor === "" ? signal : `${signal}[${sensor}]`;
    const shown = runs.slice(0, RUNS_SHOWN).map(runText);
    const more = runs.length > shown.length ? [`and ${runs.length - shown.length} more`] : [];
    return `    ${name}: ${[...shown, ...more].join(", ")}`;
  };
  const more = witness.length - SERIES_SHOWN;
  return [
    "  kept by these readings, by the time from the origin:",
    ...witness.slice(0, SERIES_SHOWN).map(seriesText),
    ...(more > 0 ? [`    and ${more} more; --json has them all`] : []),
  ];
};
