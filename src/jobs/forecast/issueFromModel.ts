import { createHash } from "node:crypto";
import type { DeviceVerdict } from "../../edge/index.ts";
import { tableToArrow } from "../tableToArrow.ts";
import { tableToParquet } from "../tableToParquet.ts";
import type { IssueBasis } from "../IssueBasis.ts";
import { issueAlarms } from "../issueAlarms.ts";
import { issueForecast } from "../issueForecast.ts";
import { issueQuantiles } from "../issueQuantiles.ts";
import type { OpenModel } from "./openDeployedModel.ts";
import type { ModelReadings } from "./readingsOfModel.ts";

/** What became of a rule in an issued forecast. */
export interface IssuedRule {
  readonly name: string;
  readonly enforced: boolean;
  readonly flag: DeviceVerdict["flag"];
}

/** A forecast as files, and what is to be said of it. */
export interface IssuedForecast {
  /** By name; the same readings and model give the same bytes. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly rules: readonly IssuedRule[];
  /** Enforced rules that the published forecast does not keep, and those that missing readings decide. */
  readonly broken: readonly string[];
  readonly unjudged: readonly string[];
  readonly verdict: ForecastVerdict;
}

/** Whether the published forecast keeps the enforced rules; `unjudged` where missing readings decide it. */
export type ForecastVerdict = "holds" | "broken" | "unjudged";

/** Issues the forecast of a model from readings, with every fact that tells it from another. */
export const issueFromModel = (
  { artefact, model, rules, runtime }: OpenModel,
  { absentChannels, originMs, planned, silent, stale, startMs, unknown }: ModelReadings,
): IssuedForecast => {
  const { sensors, stepMs, channels } = model.site;
  const basis: IssueBasis = {
    pipeline: model.settings,
    panel: { sensors, channels, startMs, stepMs },
    data: planned,
    rules,
  };
  const { levels: quantiles, offsets } = model.quantiles;
  const conformal = { quantiles, offsets: Float64Array.from(offsets) };
  const { issued, verdicts } = issueQuantiles(basis, runtime, conformal);
  const table = issueForecast(basis, issued);
  const judged = verdicts.map(({ enforced, flag, name }) => ({ name, enforced, flag }));
  const broken = enforcedWith(judged, "failed");
  const unjudged = enforcedWith(judged, "unjudged");
  const bytes = planned.readings.values;
  const facts = {
    format: 1,
    product: model.product,
    pipeline: model.settings.name,
    artefact: artefact.sha256,
    issuedAt: new Date(originMs).toISOString(),
    readings: {
      from: new Date(startMs).toISOString(),
      sha256: createHash("sha256")
        .update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
        .digest("hex"),
      silentSensors: silent,
      staleSensors: stale,
      unknownSensors: unknown,
      absentChannels,
    },
    rules: judged,
  };
  return {
    files: {
      "forecast.parquet": tableToParquet(table),
      "forecast.arrow": tableToArrow(table),
      ...(model.settings.alarms !== undefined && { "alarms.json": issueAlarms(basis, issued) }),
      "forecast.json": `${JSON.stringify(facts, undefined, 2)}\n`,
    },
    rules: judged,
    broken,
    unjudged,
    verdict: broken.length > 0 ? "broken" : unjudged.length > 0 ? "unjudged" : "holds",
  };
};

const enforcedWith = (rules: readonly IssuedRule[], flag: IssuedRule["flag"]): string[] =>
  rules.filter((rule) => rule.enforced && rule.flag === flag).map(({ name }) => name);
