/** Artefacts of trained forecasters and their integer runtime: no dependency, runs in a browser and on a gateway. */
export type { Artefact, ArtefactManifest, ArtefactMetadata } from "./Artefact.ts";
export { ArtefactError, type ArtefactProblem } from "./ArtefactError.ts";
export { type ArtefactParts, compileArtefact } from "./compileArtefact.ts";
export type { RuleToCompile } from "./compileRule.ts";
export type { DeviceForecast, DeviceVerdict } from "./DeviceForecast.ts";
export { checkGolden, ruleSystemOf } from "./golden.ts";
export { type C99Export, exportC99 } from "./c99/exportC99.ts";
export { type DeviceExport, exportDevice } from "./c99/exportDevice.ts";
export { openArtefact, type OpenConditions } from "./openArtefact.ts";
export { createRuntime, type Runtime } from "./runtime.ts";
export type { RuleFlag } from "./shield.ts";
export {
  type ArtefactSignature,
  signedMessage,
  type Signers,
  splitSignature,
  withSignature,
} from "./signature.ts";
export type { Readout, TernaryModel } from "./TernaryModel.ts";
