import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { contextSteps, type Readings } from "../../src/series/features.ts";
import type { UnrolledRule } from "../../src/stl/unroll/UnrolledRule.ts";
import type { Judge } from "../../src/verify/Judge.ts";
import type { WindowProvider } from "../../src/verify/windows.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  fixtureReadings,
  limitRule,
  rampRule,
} from "../edge/fixture.ts";

export const plan = fixturePlan();
export const model = fixtureModel(plan);
const context = contextSteps(plan);
const data = fixtureReadings(plan, 80, 21, 0.01);

/** Windows of made-up readings. */
export const provider: WindowProvider = {
  count: data.steps - context + 1,
  window: (index): Readings => {
    const rows = data.values.length / data.steps;
    const values = new Float64Array(rows * context);
    for (let row = 0; row < rows; row++) {
      values.set(
        data.values.subarray(row * data.steps + index, row * data.steps + index + context),
        row * context,
      );
    }
    const end = index + context + plan.horizonSteps;
    const { minuteOfDay, weekday, dayNumber } = data.clock;
    const clock = {
      minuteOfDay: minuteOfDay.slice(index, end),
      weekday: weekday.slice(index, end),
      dayNumber: dayNumber.slice(index, end),
    };
    return { values, steps: context, clock };
  },
};

/** Judges a conjunction of leaves on physical values: the shape of both rules here. */
const judgeOf = (rule: UnrolledRule): Judge => ({
  rule: rule.name,
  judge: ({ values, steps }, origin) => {
    let lower = Infinity;
    let upper = Infinity;
    for (let leaf = 0; leaf < rule.constant.length; leaf++) {
      let sum = rule.constant[leaf]!;
      for (let term = rule.termOffsets[leaf]!; term < rule.termOffsets[leaf + 1]!; term++) {
        const at =
          (rule.channel[term]! * plan.sensors.length + rule.sensor[term]!) * steps +
          origin +
          rule.step[term]!;
        sum += rule.coefficient[term]! * values[at]!;
      }
      lower = Math.min(lower, Number.isNaN(sum) ? -Infinity : sum);
      upper = Math.min(upper, Number.isNaN(sum) ? Infinity : sum);
    }
    return { lower, upper };
  },
});

const limit = limitRule(plan, 0, 20, 80);
const ramp = rampRule(plan, 0, 30);

/** An artefact of the fixture's model that is told another limit than the one that is judged. */
export const artefactOf = (limitInside: UnrolledRule): Uint8Array =>
  compileArtefact({
    model,
    features: plan,
    rules: [
      { unrolled: limitInside, text: "limit", enforced: true },
      { unrolled: ramp, text: "ramp", enforced: true },
    ],
    metadata: fixtureMetadata,
  });

/** Speed between 20 and 80, changing by at most 30 a step. */
export const judges = [judgeOf(limit), judgeOf(ramp)];
export const bytes = artefactOf(limit);
