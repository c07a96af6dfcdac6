import { describe, expect, it } from "vitest";
import { createPastReader } from "../../../src/edge/pastQuanta.ts";
import { planChannels } from "../../../src/series/features.ts";
import { createPastBounds } from "../../../src/verify/intervals/pastBounds.ts";
import { fixturePlan, fixtureReadings, uniform } from "../../edge/fixture.ts";

describe("bounds of the past", () => {
  const plan = fixturePlan();
  const steps = 9;
  const channels = [
    { channel: "speed", quantum: 0.1, holdSteps: 3 },
    { channel: "flow", quantum: 1, holdSteps: 0 },
  ];
  const shape = [channels, planChannels(plan), 3, 6] as const;

  it.each([0, 1, 30])(
    "hold what rules read within %i quanta, also where a reading passes the largest",
    (size) => {
      const radii = [0.1 * size, size, 0, 0];
      const readings = fixtureReadings(plan, steps, 7, 0.1);
      // 2^21 quanta of 0.1 km/h are 209,715.2 km/h.
      readings.values[steps - 2] = 209_715;
      readings.values[2 * steps - 1] = 300_000;
      readings.values[3 * steps - 1] = -209_714;
      const read = createPastReader(...shape);
      const { known, lower, upper } = createPastBounds(...shape)(readings, { newest: 4, radii });
      const random = uniform(1);
      let outside = 0;
      let unlike = 0;
      for (let point = 0; point < 400; point++) {
        const values = readings.values.map((value, index) => {
          const share = 2 * random() - 1;
          if (index % steps < steps - 4) return value;
          return (
            value + radii[Math.floor(index / (3 * steps))]! * (point % 2 === 0 ? Math.sign(share) : share)
          );
        });
        const past = read({ ...readings, values }, steps - 1);
        known.forEach((isKnown, at) => {
          if (isKnown !== past.known[at]) unlike++;
          if (isKnown === 0) return;
          if (past.known[at] === 0 || past.lower[at]! < lower[at]! || past.upper[at]! > upper[at]!) outside++;
        });
      }
      expect(outside).toBe(0);
      // Only the speeds of the first and third sensor may pass, and only in the largest ball.
      expect(unlike > 0).toBe(size === 30);
      expect(known.subarray(6, 12)).toContain(1);
    },
  );
});
