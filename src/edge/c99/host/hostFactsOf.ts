import { planChannels } from "../../../series/features.ts";
import type { Artefact } from "../../Artefact.ts";
import { readingQuanta } from "../../front/readingQuanta.ts";
import type { HostFacts } from "./HostFacts.ts";

/** What the host program of an artefact has to know; see {@link HostFacts} for the rest. */
export const hostFactsOf = (
  { manifest, model, rules }: Artefact,
  others: Pick<HostFacts, "name" | "origin" | "shield">,
): HostFacts => {
  const { features, readouts, ruleChannels } = manifest;
  const quanta = manifest.readingQuanta ?? readingQuanta(features, readouts, ruleChannels);
  return {
    ...others,
    sensors: features.sensors,
    channels: planChannels(features).map((channel, index) => ({ channel, quantum: quanta[index]! })),
    targets: readouts.length,
    quantiles: model.quantiles,
    rules: rules.map(({ enforced, name, unitsPerOne }) => ({ name, enforced, unitsPerOne })),
  };
};
