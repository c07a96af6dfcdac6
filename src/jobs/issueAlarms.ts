import { alarmsOf, passes } from "./Alarm.ts";
import type { IssueBasis } from "./IssueBasis.ts";
import type { IssuedQuantiles } from "./issueQuantiles.ts";

/**
 * The alarms of an issued forecast as JSON: for each alarm of the pipeline what it watches and the quantile that
 * decides, and every sensor and instant at which it is raised, with that quantile and the median there. An alarm that
 * is nowhere raised is listed with none.
 */
export const issueAlarms = (basis: IssueBasis, issued: IssuedQuantiles): string => {
  const { data, panel, pipeline } = basis;
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const issuedMs = panel.startMs + issued.origin * panel.stepMs;
  const alarms = alarmsOf(pipeline).map((alarm) => {
    const values = issued.quantiles[issued.levels.indexOf(alarm.level)] ?? issued.median;
    const raised = panel.sensors.flatMap((sensor, s) =>
      Array.from({ length: horizonSteps }, (_, k) => {
        const at = s * width + alarm.target * horizonSteps + k;
        return {
          sensor,
          validAt: new Date(issuedMs + (k + 1) * panel.stepMs).toISOString(),
          leadSteps: k + 1,
          quantile: values[at]!,
          median: issued.median[at]!,
        };
      }).filter(({ quantile }) => passes(alarm, quantile)),
    );
    const { level, missCost, name, side, target, threshold } = alarm;
    const { channel } = targets[target]!;
    const unit = panel.channels[target]!.unit;
    return { name, channel, unit, [side]: threshold, missCost, level, raised };
  });
  const issuedAt = new Date(issuedMs).toISOString();
  return `${JSON.stringify({ format: 1, pipeline: pipeline.name, issuedAt, alarms }, undefined, 2)}\n`;
};
