import { describe, expect, it } from "vitest";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { forecastLoss } from "../../src/train/forecastLoss.ts";
import { lossScale } from "../../src/train/lossScale.ts";
import { wavyData } from "./smallData.ts";

const data = wavyData(120, 5);
const { horizonSteps, targets } = data.plan;
const span = { from: 0, to: 80 };
const width = targets.length * horizonSteps;
const sensors = Int32Array.of(0, 1, 2);
const origins = Int32Array.of(20, 31, 44);
const outputs = Float32Array.from({ length: 3 * width }, (_, k) => Math.sin(k));

/** Mean over the points of one lead of the term of the loss, with the baseline's error as its unit. */
const lossAtLead = (lead: number, loss: "absolute" | "squared"): { mean: number; count: number } => {
  const masked = data.truth.map((value, k) => {
    const step = k % data.steps;
    return origins.some((origin) => step === origin + lead) ? value : Number.NaN;
  });
  const scale = baselineErrors(data, span.from, span.to);
  const alone = { ...data, truth: masked };
  const count = origins.reduce((sum, origin, row) => {
    const read = targets.filter(
      (_, target) => !Number.isNaN(data.truth[(target * data.sensors + row) * data.steps + origin + lead]!),
    );
    return sum + read.length;
  }, 0);
  return { mean: forecastLoss(alone, outputs, sensors, origins, scale, loss).loss, count };
};

describe("lossScale", () => {
  it("is the baseline's error where all leads count alike", () => {
    expect(lossScale(data, span, {})).toEqual(baselineErrors(data, span.from, span.to));
    expect(lossScale(data, span, { leadDecay: 0 })).toEqual(baselineErrors(data, span.from, span.to));
  });

  it.each(["absolute", "squared"] as const)(
    "weighs the %s loss of a lead by 1 / lead, with mean weight 1",
    (loss) => {
      const scale = lossScale(data, span, { leadDecay: 1, loss });
      const { loss: weighted } = forecastLoss(data, outputs, sensors, origins, scale, loss);
      // Weights of three leads in the proportion 6 : 3 : 2 with mean 1.
      const weights = [18 / 11, 9 / 11, 6 / 11];
      const leads = [1, 2, 3].map((lead) => lossAtLead(lead, loss));
      const count = leads.reduce((sum, lead) => sum + lead.count, 0);
      const expected = leads.reduce((sum, lead, k) => sum + weights[k]! * lead.mean * lead.count, 0) / count;
      expect(horizonSteps).toBe(3);
      expect(weighted).toBeCloseTo(expected, 10);
    },
  );
});
