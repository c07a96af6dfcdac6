import { compileRule } from "../src/edge/compileRule.ts";
import { createRuleSystem, type RuleSystem } from "../src/edge/RuleSystem.ts";
import { bindSpec, parseSpec, unrollRule } from "../src/stl/index.ts";

const RULES = `
signal speed : real in km/h range [0, 150] missing hold 30min;
require speed_limit : forall s in sensors : always[5min, 2h] (speed[s] >= 2 km/h and speed[s] <= 110 km/h);
require ramp : forall s in sensors : always[5min, 2h] abs(delta(speed[s])) <= 25 km/h;
require jam_dissolves : forall s in sensors : always[5min, 90min] (speed[s] <= 12 km/h
  implies eventually[0min, 30min] speed[s] >= 20 km/h);
`;

/** Limits, ramps and a recovery of one sensor, as a controller has them, for a readout in steps of 0.1 km/h. */
export const controllerRules = (horizonSteps: number): RuleSystem => {
  const channels = [{ name: "speed", unit: "km/h" }];
  const sensors = ["junction"];
  const { problems, spec } = parseSpec(RULES);
  const bound = bindSpec(spec, {
    sensors,
    channels,
    stepMs: 300_000,
    zone: "UTC",
    forecastSteps: horizonSteps,
  });
  const faults = [...problems, ...bound.problems].filter(({ severity }) => severity === "error");
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join("\n"));
  const site = {
    channels: ["speed"],
    ruleChannels: [{ channel: "speed", quantum: 0.1, holdSteps: 6 }],
    targets: 1,
    sensors: 1,
    horizonSteps,
  };
  const rules = bound.rules.map((rule) =>
    compileRule({ unrolled: unrollRule(rule), text: rule.name, enforced: true }, site),
  );
  return createRuleSystem(rules, site);
};
