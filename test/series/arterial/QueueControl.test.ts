import { describe, expect, it } from "vitest";
import { QueueControl } from "../../../src/series/arterial/QueueControl.ts";
import { drawRoadPlan } from "../../../src/series/arterial/RoadPlan.ts";
import { random } from "../../../src/series/random.ts";

describe("QueueControl", () => {
  it("lengthens a green after 10 min of jam until traffic flows, and leaves the others", () => {
    const plan = drawRoadPlan(random(1), 6);
    const control = new QueueControl(plan);
    const usual = plan.signals.greenSteps[1]!;
    const greens = [15, 15, 25, 40, 15].map((own) => {
      control.advance(Float64Array.of(50, 50, 50, own, 50, 50));
      return control.greenSteps[1]! - usual;
    });
    expect(greens).toEqual([0, 3, 3, 0, 0]);
    expect(control.greenSteps[0]).toBe(plan.signals.greenSteps[0]);
  });

  it("takes an interval without a vehicle for neither jam nor flow", () => {
    const plan = drawRoadPlan(random(1), 2);
    const control = new QueueControl(plan);
    for (let k = 0; k < 5; k++) control.advance(Float64Array.of(50, Number.NaN));
    expect(control.greenSteps).toEqual(plan.signals.greenSteps);
  });
});
