// What the writer that is killed writes: row by row over five sensors, some days wide, so that a journal is put into
// several days.
const START = Date.UTC(2025, 2, 3);
const STEP_MS = 1000;
/** More than are ever written: a row that came round again would be a repeated one. */
const DAYS = 3 + Math.ceil(Number(process.env["ORDINANCE_KILLS"] ?? 0) / 10);
const STEPS = (DAYS * 86_400_000) / STEP_MS;

export const ROWS_PER_BATCH = 5000;
export const SENSORS = 5;

export const killedCard = {
  name: "killed",
  zone: "UTC",
  stepMs: STEP_MS,
  channels: Array.from({ length: 20 }, (_, channel) => ({ name: `c${channel}`, unit: "1" })),
  resample: { by: "nearest", toleranceMs: 0 },
  sensors: [],
  lateAfterMs: 1000,
  deadAfterMs: 1000,
};

/** Row `n` of all; steps are visited in jumps over all days, each once. */
export const killedRow = (n) => {
  const visit = Math.floor(n / SENSORS);
  const step = (visit * 7919) % STEPS;
  return { sensor: `S${n % SENSORS}`, step, instantMs: START + step * STEP_MS, value: n };
};

export const killedSpan = { fromMs: START, toMs: START + DAYS * 86_400_000 };
