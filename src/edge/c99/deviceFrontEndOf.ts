import { planChannels } from "../../series/features.ts";
import type { Artefact } from "../Artefact.ts";
import { ArtefactError } from "../ArtefactError.ts";
import type { DeviceFrontEnd } from "./DeviceFrontEnd.ts";

const MS_PER_MINUTE = 60_000;

/**
 * Front end and clock of an artefact as C takes them.
 *
 * Throws an {@link ArtefactError} `not-representable` where the artefact does not hold the offsets of its zone: those of
 * the format versions 1 and 2, unless their zone is UTC.
 */
export const deviceFrontEndOf = ({
  front,
  manifest,
}: Pick<Artefact, "front" | "manifest">): DeviceFrontEnd => {
  const { features, formatVersion, ruleChannels } = manifest;
  const zoneOffsets =
    manifest.zoneOffsets ?? (features.zone === "UTC" ? { fromMinutes: [0], offsets: [0] } : undefined);
  if (zoneOffsets === undefined) {
    throw new ArtefactError(
      "not-representable",
      `an artefact of format version ${formatVersion} without the offsets of ${features.zone} gives a device no local time; make it anew`,
    );
  }
  const channels = planChannels(features);
  return {
    front,
    stepMinutes: features.stepMs / MS_PER_MINUTE,
    zoneOffsets,
    ruleChannels: ruleChannels.map(({ channel, holdSteps }) => ({
      channel: channels.indexOf(channel),
      holdSteps,
    })),
  };
};
