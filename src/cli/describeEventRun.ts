import type { EventRunResult } from "../jobs/events/runEvents.ts";
import { alignedColumns, percent } from "./alignedColumns.ts";

/** What an events run ends with on the terminal: scores beside those of counting, and where the report is. */
export const describeEventRun = ({ reportPath, summary }: EventRunResult): string => {
  const { horizon, when, which } = summary;
  return [
    "which comes next:",
    ...alignedColumns([
      ["model", "perplexity", "first", "among 5"],
      ...which.map(({ model, perplexity, top1, top5 }) => [
        model,
        perplexity.toFixed(1),
        percent(top1),
        percent(top5),
      ]),
    ]),
    "when it comes:",
    ...alignedColumns([
      ["model", "nats", "median error, min", "within the 80 % interval"],
      ...when.map(({ coverage80, medianAbsoluteError, model, nats }) => [
        model,
        nats.toFixed(3),
        medianAbsoluteError.toFixed(2),
        percent(coverage80),
      ]),
    ]),
    `chance of an event within the horizon, at ${horizon.origins} instants:`,
    ...alignedColumns([
      ["model", "Brier score"],
      ...horizon.scores.map(({ brier, model }) => [model, brier.toFixed(5)]),
    ]),
    `report: ${reportPath}`,
  ].join("\n");
};
