import type { FeaturePlan } from "./FeaturePlan.ts";
import { neighboursOf } from "./fitFeaturePlan.ts";
import type { Panel } from "./Panel.ts";

/**
 * A plan for the sensors of a panel, some of which it was not fitted on.
 *
 * An unknown sensor is taken for one of which nothing has been read: its mean and deviation are those of all readings
 * of the fitted sensors. It sees the fitted sensors near it; nobody sees it, so the features of the fitted ones stay
 * as they are.
 *
 * @param panel holds every sensor of the plan
 */
export const extendFeaturePlan = (
  plan: FeaturePlan,
  panel: Panel,
  neighbourKilometres?: number,
): FeaturePlan => {
  const places = new Map(plan.sensors.map((name, index) => [name, index]));
  const known = panel.sensors.map((name) => places.has(name));
  const extended = (fitted: readonly number[], prior: number): number[] =>
    panel.sensors.map((name) => fitted[places.get(name) ?? -1] ?? prior);
  return {
    ...plan,
    sensors: panel.sensors,
    ...(plan.everySensor !== undefined && {
      everySensor: {
        targets: plan.everySensor.targets,
        sensors: plan.everySensor.sensors.map((index) => panel.sensors.indexOf(plan.sensors[index]!)),
      },
    }),
    neighbours: neighboursOf(panel, neighbourKilometres).map((near) => near.filter((index) => known[index])),
    sensorMean: plan.targets.map(({ mean }, target) => extended(plan.sensorMean[target]!, mean)),
    sensorDeviation: plan.targets.map(({ deviation }, target) =>
      extended(plan.sensorDeviation[target]!, deviation),
    ),
    embedding: panel.sensors.map(() => []),
  };
};
