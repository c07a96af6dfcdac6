import type { EventSummary } from "../../report/events/EventSummary.ts";
import type { PreparedEvents } from "./prepareEvents.ts";

/**
 * The model card of an events run as JSON: data span and hash, settings, kinds of event, rules and their hash, seed,
 * scores beside what counting gives, sizes. Numbers that are not finite are null.
 */
export const eventCard = (run: PreparedEvents, summary: EventSummary, productVersion: string): string =>
  `${JSON.stringify(
    {
      format: 1,
      kind: "events",
      product: `ordinance ${productVersion}`,
      pipeline: summary.pipeline,
      instant: summary.instant,
      settings: run.pipeline,
      dataset: summary.dataset,
      span: summary.span,
      rules: summary.rules && { ...summary.rules, texts: run.ruleTexts },
      kinds: summary.kinds,
      events: summary.events,
      metrics: {
        which: summary.which,
        when: summary.when,
        calibration: summary.calibration,
        horizon: summary.horizon,
      },
      training: summary.training,
      sizes: summary.sizes,
      device: "none: a model of events is not exported to a device",
      seed: summary.seed,
      machine: summary.machine,
      seconds: summary.seconds,
    },
    undefined,
    2,
  )}\n`;
