import { describe, expect, it } from "vitest";
import { detectShift } from "../../../src/jobs/watch/detectShift.ts";
import { longestSame } from "../../../src/jobs/watch/sameReadings.ts";
import { binsOf, stabilityIndex } from "../../../src/jobs/watch/stabilityIndex.ts";
import { type Random, random } from "../../../src/series/random.ts";

/** Noise around `level` of which `share` goes on to the next entry. */
const hanging = (numbers: Random, length: number, level: number, share: number): Float64Array => {
  let last = 0;
  return Float64Array.from({ length }, () => {
    last = share * last + 0.2 * numbers.normal();
    return level + last;
  });
};
const running = (length: number, from = 0, by = 1): number[] =>
  Array.from({ length }, (_, k) => from + by * k);
const question = { places: running(480), blockLength: 24, direction: 1, alarmRate: 0.02, seed: 1 } as const;

describe("detectShift", () => {
  it("alarms about as rarely as it states on noise that hangs together", () => {
    const trials = 60;
    let alarms = 0;
    for (let trial = 0; trial < trials; trial++) {
      const numbers = random(trial);
      const reference = hanging(numbers, 480, 1, 0.7);
      if (detectShift({ ...question, reference, recent: hanging(numbers, 72, 1, 0.7) }).shifted) alarms++;
    }
    // 1.2 expected; 5 or more come with a chance of 0.7 %.
    expect(alarms).toBeLessThan(5);
  });

  it.each([
    ["a rise", 1, 1.5],
    ["a fall", -1, 0.5],
  ] as const)("finds %s and when it began, and not its contrary", (_what, direction, level) => {
    const numbers = random(4);
    const reference = hanging(numbers, 480, 1, 0.5);
    const recent = hanging(numbers, 72, 1, 0.5);
    recent.set(hanging(numbers, 36, level, 0.5), 36);
    const answer = detectShift({ ...question, direction, reference, recent });
    expect(answer.shifted).toBe(true);
    expect(Math.abs(answer.since - 36)).toBeLessThanOrEqual(4);
    const contrary = detectShift({
      ...question,
      direction: direction === 1 ? -1 : 1,
      reference,
      recent: recent.subarray(36),
    });
    expect(contrary.shifted).toBe(false);
  });

  it("holds figures of one hour of the day against those of that hour", () => {
    const daily = (length: number): Float64Array =>
      Float64Array.from({ length }, (_, k) => 1 + Math.sin((2 * Math.PI * k) / 24));
    const answer = detectShift({
      ...question,
      reference: daily(480),
      recent: new Float64Array(14).fill(2),
      places: running(14, 486, 24),
    });
    expect(answer.shifted).toBe(false);
  });

  it("holds a figure that is there at night alone against nights, however few the hours are", () => {
    const atNight = (numbers: Random, length: number): Float64Array =>
      hanging(numbers, length, 1, 0.7).map((value, k) => (k % 24 < 4 ? value : Number.NaN));
    const trials = 40;
    let alarms = 0;
    for (let trial = 0; trial < trials; trial++) {
      const numbers = random(trial);
      const reference = atNight(numbers, 480);
      const later = atNight(numbers, 480);
      const places = running(480).filter((place) => place % 24 < 4);
      const recent = Float64Array.from(places, (place) => later[place]!);
      const answer = detectShift({
        ...question,
        reference,
        recent,
        places: places.map((place) => 480 + place),
      });
      if (answer.shifted) alarms++;
    }
    // 0.8 expected; 4 or more come with a chance of 1 %.
    expect(alarms).toBeLessThan(4);
  });

  it("knows the hour where a day is not a whole number of entries", () => {
    const daily = (k: number): number => 1 + Math.sin((2 * Math.PI * k) / 9.6);
    const places = running(50).map((day) => Math.ceil(9.6 * day + 2));
    const answer = (level: number) =>
      detectShift({
        ...question,
        blockLength: 9.6,
        reference: Float64Array.from(running(480), daily),
        recent: Float64Array.from(places, (place) => level * daily(480 + place)),
        places: places.map((place) => 480 + place),
      }).shifted;
    expect([answer(1), answer(1.3)]).toEqual([false, true]);
  });

  it("finds nothing in no entry, in missing ones, and against a reference of nothing", () => {
    const reference = hanging(random(1), 100, 1, 0.5);
    const none = Float64Array.of(Number.NaN, Number.NaN);
    for (const [before, recent] of [
      [reference, new Float64Array()],
      [reference, none],
      [new Float64Array(), reference],
    ] as const) {
      expect(detectShift({ ...question, reference: before, recent }).shifted).toBe(false);
    }
  });
});

describe("stabilityIndex", () => {
  it("is the divergence of the shares, worked by hand", () => {
    const training = { deciles: [0], shares: [0.5, 0.5], missing: 0, longestRun: 1 };
    const values = Float64Array.from({ length: 99 }, (_, k) => (k < 74 ? -1 : 1));
    // Half a reading stands in for an empty bin: 74.5 and 25.5 of 100 against 50 and 50.
    const byHand = 0.245 * Math.log(0.745 / 0.5) - 0.245 * Math.log(0.255 / 0.5);
    expect(stabilityIndex(training, values)).toBeCloseTo(byHand, 12);
  });

  it("is about the bins less one, by the readings, where nothing has changed, and NaN without a reading", () => {
    const numbers = random(9);
    const draw = (length: number): Float64Array => Float64Array.from({ length }, () => numbers.normal());
    const training = { ...binsOf(draw(20_000)), missing: 0, longestRun: 1 };
    const indices = Array.from({ length: 200 }, () => stabilityIndex(training, draw(300)));
    const mean = indices.reduce((sum, index) => sum + index, 0) / indices.length;
    expect(mean / (9 / 300)).toBeGreaterThan(0.8);
    expect(mean / (9 / 300)).toBeLessThan(1.25);
    expect(stabilityIndex(training, Float64Array.of(Number.NaN))).toBeNaN();
  });
});

describe("longestSame", () => {
  it("ends a run at a missing reading", () => {
    expect(longestSame(Float64Array.of(2, 2, Number.NaN, 2, 2, 2, 1))).toEqual({ steps: 3, from: 3 });
    expect(longestSame(Float64Array.of(Number.NaN, Number.NaN))).toEqual({ steps: 0, from: 0 });
  });
});
