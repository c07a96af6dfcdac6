import type { Artefact } from "../Artefact.ts";
import { ruleSystemOf } from "../golden.ts";
import { deviceFrontEndOf } from "./deviceFrontEndOf.ts";
import { type C99Export, exportC99 } from "./exportC99.ts";
import { exportHost, type HostExport } from "./host/exportHost.ts";
import { hostFactsOf } from "./host/hostFactsOf.ts";

/** An artefact as C: what goes on the device, and the program that runs it on a host. */
export interface DeviceExport {
  readonly exported: C99Export;
  readonly host: HostExport;
}

/**
 * Writes an artefact as C99, from readings to verdicts.
 *
 * Throws an {@link ArtefactError} `not-representable`; see `exportC99`, `deviceFrontEndOf` and `exportHost`.
 */
export const exportDevice = (artefact: Artefact, name: string): DeviceExport => {
  const { manifest, model, sha256 } = artefact;
  // It stands in comments, which a name must not end.
  const origin = `${manifest.name}, counter ${manifest.counter}, for ${manifest.target}, SHA-256 ${sha256}`
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *");
  const exported = exportC99(model, name, origin, ruleSystemOf(artefact), deviceFrontEndOf(artefact));
  const shield = exported.shieldWorkBytes > 0;
  return { exported, host: exportHost(hostFactsOf(artefact, { name, origin, shield })) };
};
