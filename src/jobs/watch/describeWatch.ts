import type { WatchReport } from "./watchModel.ts";

/** A report for people: the verdict, then a line a finding. */
export const describeWatch = (report: WatchReport): string => {
  const { errors, falseAlarms, findings, forecasts, from, inputs, model, to, verdict } = report;
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  const relative = errors.map(({ channel, relative: times }) => `${channel} ${times ?? "-"}`).join(", ");
  return [
    `${verdict}: ${model.pipeline}, ${from} to ${to}, ${forecasts.judged} forecasts, ${count}`,
    ...findings.map((finding) => `  ${finding.text}; since ${finding.since}. To do: ${finding.remedy}`),
    `  errors relative to the model card: ${relative}`,
    ...(forecasts.ofOtherModels === 0
      ? []
      : [`  ${forecasts.ofOtherModels} forecasts of other models left out`]),
    ...(forecasts.damaged.length === 0 ? [] : [`  cannot be read: ${forecasts.damaged.join(", ")}`]),
    `  false alarms: ${falseAlarms.forecasts} a watch for the forecasts, about ${falseAlarms.inputs} for the readings (blocks of ${inputs.days} d)`,
  ].join("\n");
};
