import { EXPONENT_BITS, FEATURE_MAXIMUM, FEATURE_ONE, TURN_BITS } from "../fixedPoint.ts";
import {
  BASELINE_MAXIMUM,
  type IntegerBaseline,
  type IntegerFrontEnd,
  LEVEL_BITS,
  LEVEL_MAXIMUM,
  LINEAR_SPREAD_MAXIMUM,
  READING_LIMIT,
  SPREAD_MAXIMUM,
} from "../front/IntegerFrontEnd.ts";
import type { C99Shape } from "./exportC99.ts";
import type { DeviceFrontEnd } from "./DeviceFrontEnd.ts";
import { frontParts } from "./frontTables.ts";

/** Most neighbours of a sensor whose levels add up in 32 bits. */
const NARROW_NEIGHBOURS = 255;
/** Exponent of two of the one of readings. */
const READING_EXPONENT = 8 * 2 ** EXPONENT_BITS;

/** Declarations of the forecast for the header. */
export const forecastHeader = (
  { name, quantiles }: C99Shape,
  operations: { readonly levels: number; readonly products: number },
  front: IntegerFrontEnd,
): string => {
  const upper = name.toUpperCase();
  return `
/*
 * Forecast of all sensors from the newest row, in quanta, [block][target][sensor][lead]${quantiles.length === 0 ? "" : "; quantiles as the heads say them"}.
 * It multiplies and adds ${operations.products} times and makes ${operations.levels} levels, each from at most ${front.holdSteps + 1} readings.
 */
#define ${upper}_QUANTA (${upper}_BLOCKS * ${upper}_FORECAST)
void ${name}_forecast(const ${name}_readings *readings, int32_t quanta[${upper}_QUANTA]);
${
  quantiles.length === 0
    ? ""
    : `
/*
 * Makes the quantiles ascend, and keeps them on their side of the median. Call it last: after the shield, with what the
 * shield made of the median in block 0.
 */
void ${name}_arrange(int32_t quanta[${upper}_QUANTA]);
`
}`;
};

/** Levels that a forecast of all sensors makes from readings; see `integerFeatures` and `integerBaseline`. */
export const levelsPerForecast = (front: IntegerFrontEnd): number => {
  const { baseline, covariates, horizonSteps, neighbours, sensors, targets, windowSteps } = front;
  const near = neighbours.reduce((sum, own) => sum + own.length, 0);
  const columns = targets.reduce((sum, own) => sum + own.columns.length, 0);
  const perTarget = (baseline.kind === "seasonal" ? 4 : 3) * sensors + 2 * near;
  const perStep = targets.length * perTarget + sensors * columns + covariates.length * (sensors + near);
  const lags = baseline.kind === "linear" ? 1 + baseline.lagSteps + horizonSteps : horizonSteps;
  return windowSteps * perStep + targets.length * sensors * (baseline.kind === "persistence" ? 1 : lags);
};

const scalingText = (logarithms: boolean): string =>
  logarithms
    ? `/* Logarithm to base two of 1..2^31 - 1, one = 2^20. */
static int32_t logarithm(uint32_t value) {
  uint32_t whole = 31;
  uint32_t low;
  uint32_t rest;
  for (; value < 0x80000000u; value <<= 1) whole--;
  low = logarithm_table[(value >> 23) & 255u];
  rest = (value >> 7) & 65535u;
  return (int32_t)((whole << ${EXPONENT_BITS}) + low +
                   (((logarithm_table[((value >> 23) & 255u) + 1u] - low) * rest + 32768u) >> 16));
}

/* A reading on the scale of the baseline. */
static int32_t scaled_reading(int32_t channel, int32_t reading) {
  const int32_t kept = clamp(reading, -${READING_LIMIT}, ${READING_LIMIT});
  const uint32_t inverse = channel_inverse[channel];
  int32_t exponent;
  if (inverse == 0u) return kept;
  exponent = logarithm((uint32_t)(kept < 0 ? -kept : kept) + inverse) - ${READING_EXPONENT};
  return kept < 0 ? 2 * (logarithm(inverse) - ${READING_EXPONENT}) - exponent : exponent;
}

static int32_t scaled_at(const NAME_readings *readings, int32_t channel, int32_t sensor, int32_t back) {
  return scaled_reading(channel,
                        held_reading(readings, channel * SENSORS + sensor, back, HOLD, channel_fallback[channel]));
}`
    : `/* A held reading, on the scale of the baseline. */
static int32_t scaled_at(const NAME_readings *readings, int32_t channel, int32_t sensor, int32_t back) {
  return clamp(held_reading(readings, channel * SENSORS + sensor, back, HOLD, channel_fallback[channel]),
               -${READING_LIMIT}, ${READING_LIMIT});
}`;

/** Mean of the neighbours' levels; their sum is kept positive, so that the division rounds down. */
const nearText = (neighbours: readonly Int32Array[]): string => {
  const widest = Math.max(...neighbours.map((own) => own.length));
  const type = widest > NARROW_NEIGHBOURS ? "uint64_t" : "uint32_t";
  return `
/* Mean level of the neighbours, to nearest; the own level where there are none. */
static int32_t near_level(const NAME_readings *readings, int32_t channel, int32_t sensor, int32_t back) {
  const uint32_t from = neighbour_first[sensor];
  const uint32_t to = neighbour_first[sensor + 1];
  const ${type} count = to - from;
  ${type} sum = 0;
  uint32_t k;
  if (count == 0u) return level_at(readings, channel, sensor, back);
  for (k = from; k < to; k++) {
    sum += (uint32_t)(level_at(readings, channel, neighbour[k], back) + ${LEVEL_MAXIMUM});
  }
  return (int32_t)((2u * sum + count) / (2u * count)) - ${LEVEL_MAXIMUM};
}
`;
};

const featuresText = (device: DeviceFrontEnd): string => {
  const { front } = device;
  const { angles, baseline, covariates, embedding, sensors, targets, weekly } = front;
  const parts = frontParts(device);
  const near = (back: string): string =>
    `${parts.neighbours ? "near_level" : "level_at"}(readings, channel, sensor, ${back})`;
  const season =
    baseline.kind === "seasonal"
      ? `
    *x++ = level_feature(now - level_at(readings, channel, sensor, back + ${baseline.periodSteps}));`
      : "";
  const columns = parts.columns
    ? `
    for (k = column_first[channel]; k < column_first[channel + 1]; k++) {
      *x++ = level_feature(level_at(readings, channel, column_sensor[k], back) - now);
    }`
    : "";
  const dimensions = embedding.length / sensors;
  return `
/* The features of a sensor \`back\` steps before the newest row. */
static void features_at(const NAME_readings *readings, int32_t sensor, int32_t back, int16_t *x) {
  const int32_t minute = readings->minute - back * STEP_MINUTES;
  const uint32_t now_minute = (uint32_t)read_clock(0, minute);
  /* Parts of a turn: 2^20 over 1440 is 2^15 over 45. */
  const uint32_t day = ((now_minute << 16) + 45u) / 90u;
  int32_t channel;${parts.columns ? "\n  uint32_t k;" : ""}
  for (channel = 0; channel < ${targets.length}; channel++) {
    const int32_t series = channel * SENSORS + sensor;
    const int32_t now = level_at(readings, channel, sensor, back);
    const int32_t near = ${parts.neighbours ? near("back") : "now"};
    const int32_t change = now - level_at(readings, channel, sensor, back + 1);
    *x++ = level_feature(now);
    *x++ = feature(shift_round((int64_t)own_gain[series] * (now - own_centre[series]), own_shift[series]));
    *x++ = missing_feature(readings, series, back);
    *x++ = level_feature(3 * change);
    *x++ = level_feature(2 * (now - level_at(readings, channel, sensor, back + 3)));
    *x++ = level_feature(near);
    *x++ = level_feature(near - now);
    *x++ = level_feature(3 * ${parts.neighbours ? `(near - ${near("back + 1")})` : "change"});${season}${columns}
  }${
    covariates.length === 0
      ? ""
      : `
  for (channel = ${targets.length}; channel < ${targets.length + covariates.length}; channel++) {
    *x++ = level_feature(level_at(readings, channel, sensor, back));
    *x++ = missing_feature(readings, channel * SENSORS + sensor, back);
    *x++ = level_feature(${near("back")});
  }`
  }${
    angles.length === 0
      ? ""
      : `
  for (channel = 0; channel < ${angles.length}; channel++) {
    const int32_t reading =
        reading_at(readings, (channel + ${targets.length + covariates.length}) * SENSORS + sensor, back);
    if (reading == MISSING) {
      *x++ = 0;
      *x++ = 0;
    } else {
      x = turn_features(x, (uint32_t)shift_round((int64_t)angle_gain[channel] * reading, angle_gain_shift[channel]));
    }
  }`
  }
  x = turn_features(x, day);
  x = turn_features(x, 2u * day);${
    weekly
      ? `
  {
    const uint32_t week_minute = (uint32_t)(read_clock(1, minute) - 1) * 1440u + now_minute;
    x = turn_features(x, ((week_minute << 16) + 315u) / 630u);
  }`
      : ""
  }${
    dimensions === 0
      ? "\n  (void)x;"
      : `
  memcpy(x, embedding + ${dimensions} * sensor, ${dimensions} * sizeof x[0]);`
  }
}
`;
};

const baselineText = (baseline: IntegerBaseline): string => {
  const kept = (value: string): string => `clamp(${value}, -${BASELINE_MAXIMUM}, ${BASELINE_MAXIMUM})`;
  if (baseline.kind === "persistence") {
    return `    const int32_t now = ${kept("scaled_at(readings, target, sensor, 0)")};
    for (lead = 0; lead < HORIZON; lead++) *baselines++ = now;`;
  }
  const back = `${baseline.periodSteps - 1} - lead % ${baseline.periodSteps}`;
  const season = `scaled_at(readings, target, sensor, ${back})`;
  if (baseline.kind === "seasonal") {
    return `    for (lead = 0; lead < HORIZON; lead++) {
      *baselines++ = ${kept(season)};
    }`;
  }
  const lags = baseline.lagSteps;
  return `    const int32_t now = scaled_at(readings, target, sensor, 0);
    const int32_t mean = sensor_mean[target * SENSORS + sensor];
    int32_t spreads[${Math.max(1, lags)}];
    int32_t lag;
    for (lag = 0; lag < ${lags}; lag++) spreads[lag] = spread_of(scaled_at(readings, target, sensor, lag) - mean);
    for (lead = 0; lead < HORIZON; lead++) {
      const int32_t at = target * HORIZON + lead;
      const int32_t *weights = lag_weight + at * ${lags + 1};
      int64_t sum = (int64_t)weights[${lags}] * spread_of(${season} - mean);
      for (lag = 0; lag < ${lags}; lag++) sum += (int64_t)weights[lag] * spreads[lag];
      *baselines++ = ${kept("now + lead_intercept[at] + shift_round(sum, lag_shift[target])")};
    }`;
};

/** The front end and the forecast: the numbers of `integerFeatures`, `integerBaseline` and the plain engine. */
export const frontText = (device: DeviceFrontEnd, shape: C99Shape): string => {
  const { front } = device;
  const parts = frontParts(device);
  const { name } = shape;
  return `
${scalingText(parts.logarithms)}

/* Distance of a held reading from the mean in deviations, one = 2^${LEVEL_BITS}. */
static int32_t level_at(const NAME_readings *readings, int32_t channel, int32_t sensor, int32_t back) {
  const int32_t spread = clamp(scaled_at(readings, channel, sensor, back) - channel_centre[channel],
                               -${SPREAD_MAXIMUM}, ${SPREAD_MAXIMUM});
  return clamp(shift_round((int64_t)spread * channel_gain[channel], channel_gain_shift[channel]), -${LEVEL_MAXIMUM}, ${LEVEL_MAXIMUM});
}
${parts.neighbours ? nearText(front.neighbours) : ""}
static int16_t feature(int64_t value) { return (int16_t)clamp(value, -${FEATURE_MAXIMUM}, ${FEATURE_MAXIMUM}); }

static int16_t level_feature(int32_t level) { return feature(shift_round(level, ${LEVEL_BITS - 10})); }

static int16_t missing_feature(const NAME_readings *readings, int32_t series, int32_t back) {
  return reading_at(readings, series, back) == MISSING ? ${FEATURE_ONE} : 0;
}

/* Sine of a turn (one = 2^${TURN_BITS}) as a feature. */
static int16_t sine_feature(uint32_t turn) {
  const uint32_t half = turn & ${2 ** (TURN_BITS - 1) - 1}u;
  const uint32_t rising = half < ${2 ** (TURN_BITS - 2)}u ? half : ${2 ** (TURN_BITS - 1)}u - half;
  const uint32_t low = sine_table[rising >> 10];
  const uint32_t rest = rising & 1023u;
  const int32_t sine = (int32_t)(rest == 0u ? low : low + (((sine_table[(rising >> 10) + 1u] - low) * rest + 512u) >> 10));
  return (int16_t)shift_round((turn & ${2 ** (TURN_BITS - 1)}u) == 0u ? sine : -sine, 5);
}

static int16_t *turn_features(int16_t *x, uint32_t turn) {
  x[0] = sine_feature(turn);
  x[1] = sine_feature(turn + ${2 ** (TURN_BITS - 2)}u);
  return x + 2;
}
${featuresText(device)}${
    front.baseline.kind === "linear"
      ? `
static int32_t spread_of(int32_t difference) {
  return clamp(difference, -${LINEAR_SPREAD_MAXIMUM}, ${LINEAR_SPREAD_MAXIMUM});
}
`
      : ""
  }
/* What the model corrects, [target][lead]. */
static void baselines_of(const NAME_readings *readings, int32_t sensor, int32_t *baselines) {
  int32_t target;
  int32_t lead;
  for (target = 0; target < ${front.targets.length}; target++) {
${baselineText(front.baseline)}
  }
}

void NAME_forecast(const NAME_readings *readings, int32_t quanta[OUTPUTS * SENSORS]) {
  int32_t sensor;
  for (sensor = 0; sensor < SENSORS; sensor++) {
    NAME_state state;
    int16_t x[INPUTS];
    int32_t baselines[VALUES];
    int32_t own[OUTPUTS];
    int32_t k;
    NAME_reset(&state);
    for (k = ${front.windowSteps - 1}; k >= 0; k--) {
      features_at(readings, sensor, k, x);
      NAME_step(&state, x);
    }
    baselines_of(readings, sensor, baselines);
    read_outputs(&state, x, baselines, own);
    for (k = 0; k < OUTPUTS; k++) quanta[(k / HORIZON * SENSORS + sensor) * HORIZON + k % HORIZON] = own[k];
  }
}
${
  shape.quantiles.length === 0
    ? ""
    : `
void NAME_arrange(int32_t quanta[OUTPUTS * SENSORS]) { arrange(quanta, VALUES * SENSORS); }
`
}`.replaceAll("NAME_", `${name}_`);
};
