import type { FeaturePlan } from "../series/FeaturePlan.ts";
import type { ZoneOffsets } from "../series/zoneOffsets.ts";
import type { IntegerFrontEnd } from "./front/IntegerFrontEnd.ts";
import type { CompiledRule, RuleChannel } from "./CompiledRule.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import type { Readout } from "./TernaryModel.ts";

/**
 * The artefact: one file, little endian throughout: a frame, a manifest in canonical JSON, sections, a SHA-256 of all
 * before, and, where it is signed, a signature. docs/artefact.md gives it byte by byte.
 */
export interface Artefact {
  readonly manifest: ArtefactManifest;
  readonly model: IntegerModel;
  /** From an artefact of version 1 or 2 it is made anew out of the manifest, by which those versions computed in float64. */
  readonly front: IntegerFrontEnd;
  readonly rules: readonly CompiledRule[];
  readonly golden: GoldenVectors;
  /** SHA-256 of the file without its last 32 bytes, in hexadecimal: the artefact's identity. */
  readonly sha256: string;
}

export const ARTEFACT_MAGIC = "ORDN";
/** The newest format version, which all new artefacts have; the oldest is 1. */
export const ARTEFACT_VERSION = 4;
export const SECTION_NAMES = [
  "weights",
  "gates",
  "head",
  "readouts",
  "tables",
  "front",
  "rules",
  "golden",
] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** The first format version with a front end in integers. */
export const FRONT_END_VERSION = 3;

/** Sections of a format version, in their order. */
export const sectionsOf = (version: number): readonly SectionName[] =>
  SECTION_NAMES.filter((name) => name !== "front" || version >= FRONT_END_VERSION);

/** What the caller says about an artefact. */
export interface ArtefactMetadata {
  readonly name: string;
  /** The device or site it is made for. */
  readonly target: string;
  /** Grows with every release; a device refuses a lower one than it has seen. */
  readonly counter: number;
  /** ISO 8601 UTC instants. */
  readonly created: string;
  readonly expires?: string;
}

export interface ArtefactManifest extends ArtefactMetadata {
  readonly formatVersion: number;
  readonly inputs: number;
  readonly units: number;
  /** Cells one above the other, from format version 2 on; absent where there is one. */
  readonly layers?: number;
  readonly hiddenUnits: number;
  readonly horizonSteps: number;
  readonly readouts: readonly Readout[];
  /** Levels of the quantile heads, ascending and without 0.5; none where absent. */
  readonly quantiles?: readonly number[];
  readonly features: FeaturePlan;
  /** From version 3 on, by channel of the plan: 1/256 of it is the step of the readings that the device holds. */
  readonly readingQuanta?: readonly number[];
  /**
   * The zone's offsets, for devices without a time-zone library: from each of these minutes since 1970-01-01T00:00Z on,
   * local time is so many minutes ahead of UTC. Before the first and past the last, the nearest holds.
   */
  readonly zoneOffsets?: ZoneOffsets;
  /** Channels that rules can read, the targets first. */
  readonly ruleChannels: readonly RuleChannel[];
  readonly rules: readonly { readonly name: string; readonly text: string; readonly enforced: boolean }[];
  /** SHA-256 of the rules' canonical JSON, in hexadecimal. */
  readonly rulesSha256: string;
  readonly goldenCells: number;
  readonly goldenShields: number;
  /** 0 where absent. */
  readonly goldenWindows?: number;
  readonly sections: readonly { readonly name: SectionName; readonly bytes: number }[];
}

/** Cases with their expected outputs, made when the artefact was compiled. */
export interface GoldenVectors {
  readonly cells: readonly GoldenCell[];
  readonly shields: readonly GoldenShield[];
  readonly windows: readonly GoldenWindow[];
}

export interface GoldenCell {
  readonly seed: number;
  /** [cell][unit], the lowest cell first. */
  readonly state: Int8Array;
  /** [block][target][lead] */
  readonly quanta: Int32Array;
}

export interface GoldenShield {
  readonly seed: number;
  /** [target][sensor][lead] */
  readonly quanta: Int32Array;
}

export interface GoldenWindow {
  readonly seed: number;
  /** [sensor][block][target][lead], before the shield. */
  readonly quanta: Int32Array;
}
