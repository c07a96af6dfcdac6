import type { CardTime } from "./DatasetCard.ts";
import { compileWallTimeFormat } from "./WallTime.ts";
import type { ZoneClock } from "./ZoneClock.ts";

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

const parseDate = compileWallTimeFormat("YYYY-MM-DD")!;
const parseDateTime = compileWallTimeFormat("YYYY-MM-DDTHH:mm")!;
const parseFullDateTime = compileWallTimeFormat("YYYY-MM-DDTHH:mm:ss")!;

/** Wall-clock reading of a date or time text as a card writes it. */
const parseCardTime = (text: string): number => {
  if (text.length === 10) return parseDate(text);
  return text.length === 16 ? parseDateTime(text) : parseFullDateTime(text);
};

/** The instants of the rows (or columns) of a file without a time column. */
export interface RowCalendar {
  /** Instant of row `index` (from 0); NaN where the row's local time does not exist. */
  readonly instantMs: (index: number) => number;
  /** Rows that there can be; Infinity where the card sets no end. */
  readonly rows: number;
}

/** Calendar of a card's `start` or `days`. */
export const rowCalendar = (time: CardTime, stepMs: number, clock: ZoneClock): RowCalendar => {
  if (time.days !== undefined) {
    const walls = dayRows(time.days, stepMs);
    return { instantMs: (index) => clock.instantMs(walls[index]!, -1), rows: walls.length };
  }
  const start = parseCardTime(time.start!);
  if (time.clock === "local") {
    const first = clock.instantMs(start, -1);
    return { instantMs: (index) => first + index * stepMs, rows: Infinity };
  }
  return { instantMs: (index) => clock.instantMs(start + index * stepMs, -1), rows: Infinity };
};

/** Wall-clock readings of the steps of the days, one day after the other. */
const dayRows = (days: NonNullable<CardTime["days"]>, stepMs: number): Float64Array => {
  const begin = minuteOfDay(days.begin ?? "00:00") * MS_PER_MINUTE;
  const end = minuteOfDay(days.end ?? "24:00") * MS_PER_MINUTE;
  const stepsPerDay = Math.max(0, Math.ceil((end - begin) / stepMs));
  const midnights = dayMidnights(days);
  const walls = new Float64Array(midnights.length * stepsPerDay);
  for (const [day, midnight] of midnights.entries()) {
    for (let step = 0; step < stepsPerDay; step++)
      walls[day * stepsPerDay + step] = midnight + begin + step * stepMs;
  }
  return walls;
};

const minuteOfDay = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

const dayMidnights = (days: NonNullable<CardTime["days"]>): number[] => {
  if (days.list !== undefined) return days.list.map((date) => parseDate(date));
  const except = new Set((days.except ?? []).map((date) => parseDate(date)));
  const weekdays = new Set(days.weekdays ?? [1, 2, 3, 4, 5, 6, 7]);
  const midnights: number[] = [];
  for (let day = parseDate(days.from!); day <= parseDate(days.to!); day += MS_PER_DAY) {
    // 1970-01-01 was a Thursday; 1 = Monday.
    const weekday = ((((day / MS_PER_DAY + 3) % 7) + 7) % 7) + 1;
    if (weekdays.has(weekday) && !except.has(day)) midnights.push(day);
  }
  return midnights;
};
