import { Effect, Option } from "effect";
import { parseDuration } from "../../ingest/parseDuration.ts";
import { compileWallTimeFormat } from "../../ingest/WallTime.ts";
import type { TraceOptions } from "../../jobs/check/TraceOptions.ts";
import { readSensorsFile } from "../../jobs/check/SensorsFile.ts";
import { localClock } from "../../series/LocalClock.ts";
import { parseUnit } from "../../stl/language/Unit.ts";
import type { Flags } from "./checkFlags.ts";

const refuse = (message: string) => Effect.fail({ message });

/** How traces are to be read, from the flags of the command. */
export const traceOptions = Effect.fn("traceOptions")(function* (flags: Flags) {
  const { explain, zone } = flags;
  const timeFormat = Option.getOrUndefined(flags.timeFormat);
  if (timeFormat !== undefined && compileWallTimeFormat(timeFormat) === undefined) {
    return yield* refuse(
      `--time-format ${timeFormat} names no year, month and day: write it with YYYY, MM, DD, HH, mm and ss, such as DD/MM/YYYY HH:mm`,
    );
  }
  const known = yield* Effect.sync(() => isZone(zone));
  if (!known) return yield* refuse(`--zone ${zone} is no time zone: write it as Europe/Berlin or UTC`);
  const units = new Map<string, string>();
  for (const text of flags.units) {
    const equals = text.indexOf("=");
    const unit = equals < 1 ? undefined : parseUnit(text.slice(equals + 1));
    if (unit === undefined)
      return yield* refuse(`--unit ${text} says no unit of a signal: write it as speed=mph`);
    if (typeof unit === "string") return yield* refuse(`--unit ${text}: ${unit}`);
    units.set(text.slice(0, equals).trim(), unit.text);
  }
  const sensors = Option.isNone(flags.sensors) ? undefined : yield* readSensorsFile(flags.sensors.value);
  const timeColumn = Option.getOrUndefined(flags.time);
  const step = Option.getOrUndefined(flags.step);
  return {
    zone,
    explain,
    units,
    ...(timeFormat !== undefined && { timeFormat }),
    ...(timeColumn !== undefined && { timeColumn }),
    ...(step !== undefined && { stepMs: parseDuration(step)! }),
    ...(sensors !== undefined && { sensors }),
  } satisfies TraceOptions;
});

const isZone = (zone: string): boolean => {
  try {
    localClock(zone, 0, 1, 1);
    return true;
  } catch {
    return false;
  }
};
