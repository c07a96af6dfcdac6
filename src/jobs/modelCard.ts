import { createHash } from "node:crypto";
import type { RunSummary } from "../report/RunSummary.ts";
import type { PreparedRun } from "./prepareRun.ts";

/**
 * The model card of a run as JSON: data span and hash, settings, rules and their hash, seed, engine, errors,
 * satisfaction, sizes and proof; scores of quantile heads and of alarms where there are any. Numbers that are not finite are null.
 */
export const modelCard = (run: PreparedRun, summary: RunSummary, productVersion: string): string =>
  `${JSON.stringify(
    {
      format: 1,
      product: `ordinance ${productVersion}`,
      pipeline: summary.pipeline,
      instant: summary.instant,
      settings: run.pipeline,
      dataset: summary.dataset,
      span: summary.span,
      rules: {
        sha256: createHash("sha256").update(run.rules.text).digest("hex"),
        text: run.rules.text,
        satisfaction: summary.rules,
      },
      metrics: summary.metrics,
      ...(summary.unseen && { unseenSensors: summary.unseen }),
      quantiles: summary.quantiles,
      alarms: summary.alarms,
      training: summary.training,
      sizes: summary.sizes,
      proof: summary.proof,
      seed: summary.seed,
      engine: summary.engine,
      memory: summary.memory,
      machine: summary.machine,
      seconds: summary.seconds,
    },
    undefined,
    2,
  )}\n`;
