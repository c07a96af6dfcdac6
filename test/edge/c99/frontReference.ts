/** What a device has to say to a stream of rows: the TypeScript front end and engine, and a plain search of the past. */
import { channelsOf, rowsKept } from "../../../src/edge/c99/DeviceFrontEnd.ts";
import { integerBaseline } from "../../../src/edge/front/integerBaseline.ts";
import { integerFeatures } from "../../../src/edge/front/integerFeatures.ts";
import { MISSING_READING, READING_LIMIT } from "../../../src/edge/front/IntegerFrontEnd.ts";
import type { IntegerReadings } from "../../../src/edge/front/IntegerReadings.ts";
import { createPlainEngine } from "../../../src/edge/plainEngine.ts";
import { arrangeQuantiles } from "../../../src/series/arrangeQuantiles.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import type { StreamRow, TestDevice } from "./frontDevices.ts";

/** Steps from the newest row whose clock is asked for. */
export const CLOCK_STEPS = [-40, -1, 0, 1, 50] as const;

/** Answers to all rows, one after the other: a row that is refused is answered by its code alone. */
export const expectedAnswers = (test: TestDevice, stream: readonly StreamRow[]): Int32Array => {
  const { device, model, plan, system } = test;
  const { front, stepMinutes } = device;
  const series = channelsOf(front) * front.sensors;
  const kept = rowsKept(device, system?.pastSteps ?? 1);
  const engine = createPlainEngine(model);
  const answers: number[] = [];
  const unread = new Int32Array(series).fill(MISSING_READING);
  let rows: Int32Array[] = [];
  let newest: number | undefined;
  let clock = localClock(plan.zone, 0, 60_000, 1);
  let clockStart = 0;
  let filled = 0;
  let refused = 0;
  const refuse = (code: number): void => {
    answers.push(code);
    refused++;
  };

  const window = (): IntegerReadings => {
    const steps = front.contextSteps;
    const values = new Int32Array(series * steps);
    for (let step = 0; step < steps; step++) {
      const row = rows[rows.length - steps + step] ?? unread;
      for (let k = 0; k < series; k++) values[k * steps + step] = row[k]!;
    }
    const first = (newest! - clockStart) / stepMinutes - steps + 1;
    return {
      values,
      steps,
      clock: {
        minuteOfDay: clock.minuteOfDay.subarray(first),
        weekday: clock.weekday.subarray(first),
        dayNumber: clock.dayNumber.subarray(first),
      },
    };
  };

  const forecast = (): void => {
    const readings = window();
    const from = front.contextSteps - front.windowSteps;
    const features = integerFeatures(front, readings, from, front.contextSteps);
    const baselines = integerBaseline(front, readings, front.contextSteps - 1);
    const { horizonSteps, sensors } = front;
    const targets = front.targets.length;
    const span = engine.project(features, sensors * front.windowSteps);
    const own = new Int32Array(model.head.skip.rows);
    const quanta = new Int32Array(own.length * sensors);
    const starts = new Int32Array(targets * horizonSteps);
    for (let sensor = 0; sensor < sensors; sensor++) {
      for (let target = 0; target < targets; target++) {
        const at = (target * sensors + sensor) * horizonSteps;
        starts.set(baselines.subarray(at, at + horizonSteps), target * horizonSteps);
      }
      span.forecast(sensor * front.windowSteps, front.windowSteps, starts, own);
      for (let row = 0; row < own.length / horizonSteps; row++) {
        quanta.set(
          own.subarray(row * horizonSteps, (row + 1) * horizonSteps),
          (row * sensors + sensor) * horizonSteps,
        );
      }
    }
    answers.push(...quanta);
    const cells = targets * sensors * horizonSteps;
    for (let cell = 0; cell < cells; cell++) {
      arrangeQuantiles(quanta, cells + cell, cells, model.quantiles, quanta[cell]!);
    }
    answers.push(...quanta);
  };

  const readClock = (): void => {
    const at = (newest! - clockStart) / stepMinutes;
    for (const step of CLOCK_STEPS) {
      answers.push(clock.minuteOfDay[at + step]!, clock.weekday[at + step]!, clock.dayNumber[at + step]!);
    }
  };

  const recall = (): void => {
    if (system === undefined) return;
    const lower: number[] = [];
    const upper: number[] = [];
    const known: number[] = [];
    for (const { channel, holdSteps } of device.ruleChannels) {
      for (let sensor = 0; sensor < front.sensors; sensor++) {
        for (let back = system.pastSteps - 1; back >= 0; back--) {
          const candidates = Array.from(
            { length: holdSteps + 1 },
            (_, hold) => rows[rows.length - 1 - back - hold]?.[channel * front.sensors + sensor],
          );
          // What is missing is beyond the range too.
          const reading = candidates.find((value) => value !== undefined && Math.abs(value) <= READING_LIMIT);
          lower.push(Math.floor((reading ?? 0) / 256));
          upper.push(Math.ceil((reading ?? 0) / 256));
          known.push(reading === undefined ? 0 : 1);
        }
      }
    }
    answers.push(...lower, ...upper, ...known);
  };

  stream.forEach(({ minute, row }, index) => {
    if (minute === undefined) {
      rows = [];
      newest = undefined;
      filled = 0;
      refused = 0;
      return;
    }
    if (minute < 0 || minute > 2 ** 30) {
      refuse(-3);
      return;
    }
    let skipped = 0;
    if (newest === undefined) {
      const before = Math.max(kept, 50);
      let last = minute;
      for (let k = index + 1; k < stream.length && stream[k]!.minute !== undefined; k++) {
        if (stream[k]!.minute! <= 2 ** 30) last = Math.max(last, stream[k]!.minute!);
      }
      clockStart = minute - before * stepMinutes;
      const steps = Math.floor((last - clockStart) / stepMinutes) + 60;
      clock = localClock(plan.zone, clockStart * 60_000, stepMinutes * 60_000, steps);
    } else {
      if (minute <= newest) {
        refuse(-1);
        return;
      }
      if ((minute - newest) % stepMinutes !== 0) {
        refuse(-2);
        return;
      }
      skipped = (minute - newest) / stepMinutes - 1;
    }
    newest = minute;
    for (let k = 0; k < skipped; k++) rows.push(unread);
    rows.push(
      row.map((reading) =>
        reading === MISSING_READING
          ? reading
          : Math.min(Math.max(reading, -READING_LIMIT - 1), READING_LIMIT + 1),
      ),
    );
    filled += skipped;
    answers.push(skipped, filled, refused);
    forecast();
    readClock();
    recall();
  });
  return Int32Array.from(answers);
};
