import { expect, it } from "vitest";
import { reportedLeads } from "../../src/jobs/reportedLeads.ts";

it.each([
  [1, [1]],
  [3, [1, 3]],
  [12, [1, 3, 6, 12]],
  [20, [1, 3, 6, 12, 20]],
  [24, [1, 3, 6, 12, 24]],
  [200, [1, 3, 6, 12, 24, 48, 96, 168, 200]],
])("of a horizon of %i steps are %j", (horizon, leads) => {
  expect(reportedLeads(horizon)).toEqual(leads);
});
