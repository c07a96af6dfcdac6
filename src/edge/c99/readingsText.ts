import { READING_LIMIT } from "../front/IntegerFrontEnd.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import { channelsOf, type DeviceFrontEnd, rowsKept } from "./DeviceFrontEnd.ts";

/** Largest UTC minute that a device takes; the year 4011. */
const LAST_MINUTE = 2 ** 30;

/** Bytes of a `NAME_readings`. */
export const readingsBytes = (device: DeviceFrontEnd, pastSteps: number): number =>
  4 * (rowsKept(device, pastSteps) * channelsOf(device.front) * device.front.sensors + 5);

/** Declarations of the buffer of readings for the header. */
export const readingsHeader = (device: DeviceFrontEnd, name: string, pastSteps: number): string => {
  const upper = name.toUpperCase();
  return `
#define ${upper}_CHANNELS ${channelsOf(device.front)}
#define ${upper}_SERIES (${upper}_CHANNELS * ${upper}_SENSORS)
#define ${upper}_STEP_MINUTES ${device.stepMinutes}
#define ${upper}_CONTEXT ${device.front.contextSteps}
#define ${upper}_ROWS ${rowsKept(device, pastSteps)}
/* Stands for a reading that is not there. */
#define ${upper}_MISSING INT32_MIN

/* What ${name}_push says of a row that it refuses. */
#define ${upper}_NOT_LATER (-1)
#define ${upper}_BETWEEN_STEPS (-2)
#define ${upper}_NO_MINUTE (-3)

/* The last rows of readings, as a ring: a forecast reads the newest CONTEXT of them, rules all ROWS. */
typedef struct {
  int32_t rows[${upper}_ROWS][${upper}_SERIES];
  /* UTC minute of the newest row, since 1970. */
  int32_t minute;
  int32_t newest;
  int32_t begun;
  /* Steps without a row, filled with MISSING, and rows that were refused. */
  uint32_t filled;
  uint32_t refused;
} ${name}_readings;

/* No rows yet: all are MISSING. */
void ${name}_clear(${name}_readings *readings);

/*
 * Takes the row of one step, [channel][sensor], at a UTC minute 0..2^30 since 1970. Readings are in 1/256 of the
 * channel's quantum; what is beyond +-(2^29 + 1) counts as that. Gives the number of steps since the last row that had
 * none, which are filled with MISSING; or, and then nothing changes but the count of refused rows, NOT_LATER than the
 * newest one, BETWEEN_STEPS, or NO_MINUTE.
 */
int32_t ${name}_push(${name}_readings *readings, int32_t minute, const int32_t row[${upper}_SERIES]);

/* Local clock \`step\` steps after the newest row: minute of day (field 0), weekday from 1 for Monday (1), day since 1970 (2). */
int32_t ${name}_clock(const ${name}_readings *readings, int32_t field, int32_t step);
`;
};

/** The past that rules read, declared behind them. */
export const pastHeader = (name: string): string => `
/* The past up to the newest row, as rules read it. */
void ${name}_recall(const ${name}_readings *readings, ${name}_past *past);
`;

/** The buffer of readings, and what is read from it. */
export const readingsText = ({ front }: DeviceFrontEnd, name: string): string => {
  const upper = name.toUpperCase();
  return `
#define SENSORS ${upper}_SENSORS
#define SERIES ${upper}_SERIES
#define ROWS ${upper}_ROWS
#define MISSING ${upper}_MISSING
#define STEP_MINUTES ${upper}_STEP_MINUTES
#define HOLD ${front.holdSteps}

void ${name}_clear(${name}_readings *readings) {
  int32_t row;
  int32_t k;
  memset(readings, 0, sizeof *readings);
  for (row = 0; row < ROWS; row++) {
    for (k = 0; k < SERIES; k++) readings->rows[row][k] = MISSING;
  }
}

int32_t ${name}_push(${name}_readings *readings, int32_t minute, const int32_t row[SERIES]) {
  int32_t skipped = 0;
  int32_t step;
  int32_t problem = 0;
  if (minute < 0 || minute > ${LAST_MINUTE}) {
    problem = ${upper}_NO_MINUTE;
  } else if (readings->begun) {
    const int32_t later = minute - readings->minute;
    skipped = later / STEP_MINUTES - 1;
    if (later <= 0) {
      problem = ${upper}_NOT_LATER;
    } else if (later % STEP_MINUTES != 0) {
      problem = ${upper}_BETWEEN_STEPS;
    }
  }
  if (problem < 0) {
    readings->refused++;
    return problem;
  }
  /* More than all rows need not be filled. */
  for (step = skipped < ROWS ? skipped : ROWS; step >= 0; step--) {
    int32_t k;
    readings->newest = readings->newest + 1 < ROWS ? readings->newest + 1 : 0;
    for (k = 0; k < SERIES; k++) {
      readings->rows[readings->newest][k] =
          step > 0 || row[k] == MISSING ? MISSING : clamp(row[k], -${READING_LIMIT + 1}, ${READING_LIMIT + 1});
    }
  }
  readings->minute = minute;
  readings->begun = 1;
  readings->filled += (uint32_t)skipped;
  return skipped;
}

/* The reading \`back\` steps before the newest row. */
static int32_t reading_at(const ${name}_readings *readings, int32_t series, int32_t back) {
  const int32_t row = readings->newest - back;
  return readings->rows[row < 0 ? row + ROWS : row][series];
}

/* The same, or the last one at most \`hold\` steps older, or else \`fallback\`. */
static int32_t held_reading(const ${name}_readings *readings, int32_t series, int32_t back, int32_t hold,
                            int32_t fallback) {
  const int32_t oldest = back + hold;
  for (; back <= oldest; back++) {
    const int32_t reading = reading_at(readings, series, back);
    if (reading != MISSING) return reading;
  }
  return fallback;
}
`;
};

/** Reads the past that rules read; `createPastReader` on integer readings. */
export const pastText = ({ ruleChannels }: DeviceFrontEnd, system: RuleSystem, name: string): string => {
  const upper = name.toUpperCase();
  const cases = ruleChannels
    .map(({ channel, holdSteps }) => `  recall_channel(readings, ${channel}, ${holdSteps}, past, &at);`)
    .join("\n");
  return `
/* The reading \`back\` steps before the newest row, or the last one at most \`hold\` steps older; those beyond the range of rules are passed over. */
static int32_t recalled_reading(const ${name}_readings *readings, int32_t series, int32_t back, int32_t hold) {
  const int32_t oldest = back + hold;
  for (; back <= oldest; back++) {
    const int32_t reading = reading_at(readings, series, back);
    if (reading >= -${READING_LIMIT} && reading <= ${READING_LIMIT}) return reading;
  }
  return MISSING;
}

static void recall_channel(const ${name}_readings *readings, int32_t channel, int32_t hold, ${name}_past *past, int32_t *at) {
  int32_t sensor;
  int32_t back;
  for (sensor = 0; sensor < ${system.sensors}; sensor++) {
    for (back = ${upper}_PAST_STEPS - 1; back >= 0; back--) {
      const int32_t reading = recalled_reading(readings, channel * SENSORS + sensor, back, hold);
      const int known = reading != MISSING;
      /* Shifted while it is positive: 2^30 readings are 2^22 quanta. */
      const uint32_t positive = known ? (uint32_t)(reading + (1 << 30)) : (uint32_t)1 << 30;
      past->lower[*at] = (int32_t)(positive >> 8) - (1 << 22);
      past->upper[*at] = (int32_t)((positive + 255u) >> 8) - (1 << 22);
      past->known[*at] = known ? 1 : 0;
      ++*at;
    }
  }
}

void ${name}_recall(const ${name}_readings *readings, ${name}_past *past) {
  int32_t at = 0;
${cases}
}
`;
};
