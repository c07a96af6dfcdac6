import { planChannels, type Readings } from "../series/features.ts";
import type { Artefact } from "./Artefact.ts";
import { ruleSystemOf } from "./golden.ts";
import { createPastReader } from "./pastQuanta.ts";
import { createShield } from "./shield.ts";

/** What a shield makes of the forecast `raw`, in quanta [target][sensor][lead], from a step of the readings as origin. */
export type SingleRuleShield = (readings: Readings, origin: number, raw: Int32Array) => Int32Array;

/**
 * Shields that enforce one rule of an artefact each, and no other: what it would cost by itself.
 *
 * One a rule, in the order of the artefact; also for a rule that the artefact only watches.
 */
export const createSingleRuleShields = (artefact: Artefact): SingleRuleShield[] => {
  const { manifest, model, rules } = artefact;
  const channels = planChannels(manifest.features);
  return rules.map((rule) => {
    const system = ruleSystemOf({ manifest, rules: [{ ...rule, enforced: true }] });
    const shield = createShield(system, model.readouts);
    const readPast = createPastReader(
      manifest.ruleChannels,
      channels,
      manifest.features.sensors.length,
      system.pastSteps,
    );
    return (readings, origin, raw) => {
      const { dayNumber, minuteOfDay, weekday } = readings.clock;
      const fields = [minuteOfDay, weekday, dayNumber] as const;
      return shield(raw, readPast(readings, origin), (field, step) => fields[field]![origin + step]!)
        .forecast;
    };
  });
};
