import { Effect } from "effect";
import { describe, expect, it } from "vitest";
import type { DeviceForecast, Runtime } from "../../src/edge/index.ts";
import { deviceForecasts } from "../../src/jobs/deviceForecasts.ts";
import { wavyData } from "../train/smallData.ts";

const data = wavyData(400, 9);
/** [target][sensor][lead], as the device orders. */
const width = 2 * 3 * 3;

const quanta = (origin: number): Int32Array => Int32Array.from({ length: width }, (_, k) => origin * 100 + k);

type Flags = DeviceForecast["rules"][number]["flag"];

/** A runtime whose forecast tells origin and place, and whose shield does what a script says. */
const scripted = (
  script: (origin: number) => { readonly moves: boolean; readonly flags: readonly Flags[] },
): Runtime => ({
  contextSteps: 8,
  horizonSteps: 3,
  sensors: data.plan.sensors,
  targets: [],
  quantiles: [],
  forecast: () => {
    throw new Error("one by one is not how a span is forecast");
  },
  forecastSpan: (_, from, to, visit) => {
    for (let origin = from; origin < to; origin++) {
      const { flags, moves } = script(origin);
      const raw = quanta(origin);
      const forecast: DeviceForecast = {
        raw,
        shielded: moves ? raw.with(5, raw[5]! + 1) : raw.slice(),
        quantiles: [],
        infeasible: false,
        rules: flags.map((flag, k) => ({
          name: `rule ${k}`,
          // The last rule is a goal: trained for, not enforced.
          enforced: k < flags.length - 1,
          flag,
          before: 0,
          after: 0,
          unitsPerOne: 1,
        })),
        physical: (given) => Float64Array.from(given, (value) => value / 4),
      };
      visit(forecast, origin);
    }
  },
});

const origins = Int32Array.from({ length: 300 }, (_, k) => 20 + k);

describe("deviceForecasts", () => {
  it("puts every origin in its row, sensor before target, raw and shielded", async () => {
    const shares: number[] = [];
    const { raw, shielded } = await Effect.runPromise(
      deviceForecasts(
        scripted(() => ({ moves: true, flags: [] })),
        data,
        origins,
        (done) => shares.push(done),
      ),
    );
    expect([raw.model, shielded.model]).toEqual(["ternary", "ternary, shielded"]);
    expect(raw.values).toHaveLength(300 * width);
    origins.forEach((origin, index) => {
      for (let sensor = 0; sensor < 3; sensor++) {
        for (let target = 0; target < 2; target++) {
          for (let lead = 0; lead < 3; lead++) {
            const place = (target * 3 + sensor) * 3 + lead;
            const at = ((index * 3 + sensor) * 2 + target) * 3 + lead;
            const value = (origin * 100 + place) / 4;
            if (raw.values[at] !== value) expect(raw.values[at]).toBe(value);
            const moved = place === 5 ? value + 0.25 : value;
            if (shielded.values[at] !== moved) expect(shielded.values[at]).toBe(moved);
          }
        }
      }
    });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it("counts origins, not rules, and leaves goals out", async () => {
    const counts = await Effect.runPromise(
      deviceForecasts(
        scripted((origin) => ({
          moves: origin % 10 === 0,
          flags: [
            origin % 50 === 0 ? "failed" : "satisfied",
            origin % 100 === 0 ? "failed" : origin % 75 === 0 ? "unjudged" : "satisfied",
            "failed",
          ],
        })),
        data,
        origins,
        () => {},
      ),
    );
    // Origins 20 .. 319: fifties 50 .. 300; seventy-fives that are no hundreds 75, 150, 225.
    expect(counts).toMatchObject({ failedOrigins: 6, unjudgedOrigins: 3, movedOrigins: 30 });
  });

  it("puts the quantiles of the device behind each other, sensor before level before target", async () => {
    const levels = [0.1, 0.9];
    const withHeads: Runtime = {
      ...scripted(() => ({ moves: true, flags: [] })),
      quantiles: levels,
      forecastSpan: (readings, from, to, visit) =>
        scripted(() => ({ moves: true, flags: [] })).forecastSpan(readings, from, to, (forecast, origin) =>
          visit(
            {
              ...forecast,
              quantiles: levels.map((level, k) => ({
                level,
                raw: forecast.raw.map((value) => value + 1000 * (k + 1)),
                shielded: forecast.raw.map((value) => value + 1000 * (k + 1) + 500),
              })),
            },
            origin,
          ),
        ),
    };
    const { raw, shielded } = await Effect.runPromise(deviceForecasts(withHeads, data, origins, () => {}));
    for (const [set, extra] of [
      [raw, 0],
      [shielded, 500],
    ] as const) {
      expect(set.quantiles).toHaveLength(2 * raw.values.length);
      raw.values.forEach((value, k) => {
        const [row, cell] = [Math.floor(k / 6), k % 6];
        levels.forEach((_, level) =>
          expect(set.quantiles![(row * 2 + level) * 6 + cell]).toBe(value + (1000 * (level + 1) + extra) / 4),
        );
      });
    }
    const without = await Effect.runPromise(
      deviceForecasts(
        scripted(() => ({ moves: false, flags: [] })),
        data,
        origins,
        () => {},
      ),
    );
    expect(without.raw).not.toHaveProperty("quantiles");
  });
});
