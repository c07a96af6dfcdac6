import type { DeviceFrontEnd } from "./DeviceFrontEnd.ts";
import { frontParts } from "./frontTables.ts";

/** The device's clock: local time from UTC minutes, fields as in `CompiledClockTest`. */
export const clockText = (device: DeviceFrontEnd, name: string): string => {
  const { fromMinutes, offsets } = device.zoneOffsets;
  const local = frontParts(device).zones
    ? `static int32_t local_minute(int32_t minute) {
  int32_t zone = 0;
  while (zone + 1 < ${fromMinutes.length} && zone_minute[zone + 1] <= minute) zone++;
  return minute + zone_offset[zone];
}`
    : `static int32_t local_minute(int32_t minute) { return minute + (${offsets[0]!}); }`;
  return `
/* Minutes of local time since 1970. */
${local}

/* Minute of day (field 0), weekday from 1 for Monday (1) or days since 1970 (2) at a UTC minute. */
static int32_t read_clock(int32_t field, int32_t minute) {
  const int32_t local = local_minute(minute);
  const int32_t rest = local % 1440;
  const int32_t day = local / 1440 - (rest < 0 ? 1 : 0);
  /* 1970-01-01 was a Thursday. */
  if (field == 1) return ((day + 3) % 7 + 7) % 7 + 1;
  return field == 0 ? local - 1440 * day : day;
}

int32_t ${name}_clock(const ${name}_readings *readings, int32_t field, int32_t step) {
  return read_clock(field, readings->minute + step * STEP_MINUTES);
}
`;
};
