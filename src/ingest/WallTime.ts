const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;

const ZERO = 48;
const SPACE = 32;
const DASH = 45;
const COLON = 58;
const POINT = 46;
const UPPER_T = 84;
const UPPER_Z = 90;

const DAYS_OF_MONTH = Uint8Array.of(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/**
 * Milliseconds of a wall-clock reading, counted as if the wall clock were UTC; NaN where there is no such
 * date or time of day (month 13, 30 February, 24:00).
 *
 * @example
 * wallMs(1970, 1, 2, 1, 30, 0); // => 91800000
 */
export const wallMs = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number => {
  if (!(month >= 1 && month <= 12 && day >= 1 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60))
    return NaN;
  if (!(second >= 0 && second < 60)) return NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (day > DAYS_OF_MONTH[month - 1]! + (leap && month === 2 ? 1 : 0)) return NaN;
  return (
    daysFromCivil(year, month, day) * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * 1000
  );
};

/** Days from 1970-01-01 of a Gregorian date (Hinnant, chrono-compatible low-level date algorithms). */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
};

const twoDigits = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
};

/** Reads times from bytes; what was read last stands in its fields. */
export class WallTimeParser {
  /** The wall-clock reading, as {@link wallMs} counts it. */
  wallMs = NaN;
  /** Offset from UTC that the text itself states, in ms; NaN where it states none. */
  offsetMs = NaN;

  /**
   * Reads ISO 8601: `2021-04-04`, `2021-04-04T02:30`, `2021-04-04 02:30:15.5Z`, `...+10:00`. False where
   * the bytes are no such time.
   */
  parseIso(bytes: Uint8Array, start: number, end: number): boolean {
    this.offsetMs = NaN;
    let last = end;
    while (last > start && bytes[last - 1] === SPACE) last--;
    let p = start;
    while (p < last && bytes[p] === SPACE) p++;
    if (last - p < 10 || bytes[p + 4] !== DASH || bytes[p + 7] !== DASH) return false;
    const year = twoDigits(bytes, p) * 100 + twoDigits(bytes, p + 2);
    const month = twoDigits(bytes, p + 5);
    const day = twoDigits(bytes, p + 8);
    p += 10;
    let hour = 0;
    let minute = 0;
    let second = 0;
    if (p < last) {
      if ((bytes[p] !== UPPER_T && bytes[p] !== SPACE) || last - p < 6 || bytes[p + 3] !== COLON)
        return false;
      hour = twoDigits(bytes, p + 1);
      minute = twoDigits(bytes, p + 4);
      p += 6;
      if (p < last && bytes[p] === COLON) {
        if (last - p < 3) return false;
        second = twoDigits(bytes, p + 1);
        p += 3;
        if (p < last && bytes[p] === POINT) {
          let unit = 0.1;
          for (p++; p < last && bytes[p]! >= ZERO && bytes[p]! <= ZERO + 9; p++) {
            second += (bytes[p]! - ZERO) * unit;
            unit /= 10;
          }
          second = Math.round(second * 1000) / 1000;
        }
      }
      if (p < last && !this.#parseOffset(bytes, p, last)) return false;
    }
    this.wallMs = wallMs(year, month, day, hour, minute, Math.min(second, 59.999));
    return !Number.isNaN(this.wallMs) && second < 60;
  }

  #parseOffset(bytes: Uint8Array, start: number, end: number): boolean {
    const sign = bytes[start];
    if (sign === UPPER_Z) {
      this.offsetMs = 0;
      return start + 1 === end;
    }
    if (sign !== 43 && sign !== DASH) return false;
    const hours = end - start >= 3 ? twoDigits(bytes, start + 1) : NaN;
    let minutes = 0;
    if (end - start === 6 && bytes[start + 3] === COLON) minutes = twoDigits(bytes, start + 4);
    else if (end - start === 5) minutes = twoDigits(bytes, start + 3);
    else if (end - start !== 3) return false;
    this.offsetMs = (sign === DASH ? -1 : 1) * (hours * MS_PER_HOUR + minutes * MS_PER_MINUTE);
    return !Number.isNaN(this.offsetMs);
  }
}

const TOKEN = /YYYY|MM|DD|HH|mm|ss|[^YMDHms]+|[YMDHms]/g;
const FIELDS = { YYYY: 0, MM: 1, DD: 2, HH: 3, mm: 4, ss: 5 } as const;

/** Reads one text into a wall-clock reading; NaN where it does not have the form. */
export type WallTimeFormat = (text: string) => number;

/**
 * Compiles a time format of `YYYY MM DD HH mm ss` and literal text, such as `DD/MM/YYYY HH:mm`; undefined
 * where the format names no year, month and day. Day, month and hour may have one digit where no digit follows.
 *
 * @example
 * compileWallTimeFormat("DD/MM/YYYY HH:mm")?.("02/01/1970 01:30"); // => 91800000
 */
export const compileWallTimeFormat = (format: string): WallTimeFormat | undefined => {
  const order: number[] = [];
  let pattern = "^\\s*";
  for (const token of format.match(TOKEN) ?? []) {
    if (Object.hasOwn(FIELDS, token)) {
      order.push(FIELDS[token as keyof typeof FIELDS]);
      pattern += token === "YYYY" ? "(\\d{4})" : "(\\d{1,2})";
    } else {
      pattern += token.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    }
  }
  if (![0, 1, 2].every((field) => order.includes(field))) return undefined;
  const expression = new RegExp(`${pattern}\\s*$`);
  return (text) => {
    const match = expression.exec(text);
    if (match === null) return NaN;
    const parts = [0, 1, 1, 0, 0, 0];
    for (const [group, field] of order.entries()) parts[field] = Number(match[group + 1]);
    return wallMs(parts[0]!, parts[1]!, parts[2]!, parts[3]!, parts[4]!, parts[5]!);
  };
};
