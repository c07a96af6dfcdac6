import type { FeaturePlan } from "../series/FeaturePlan.ts";
import type { ZoneOffsets } from "../series/zoneOffsets.ts";
import type { IntegerFrontEnd } from "./front/IntegerFrontEnd.ts";
import type { CompiledRule, RuleChannel } from "./CompiledRule.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import type { Readout } from "./TernaryModel.ts";

/**
 * The artefact: one file, little endian throughout, every section at a multiple of four bytes (zeros between).
 *
 * ```
 * offset  bytes
 * 0       4      "ORDN"
 * 4       2      u16 format version: 3. In version 2 there is no front end (see `front` below), in version 1 no cell
 *                above the lowest one and no quantile head either
 * 6       2      zero
 * 8       4      u32 length of the whole file
 * 12      4      u32 length M of the manifest
 * 16      M      manifest: canonical JSON (sorted keys, no blanks) in UTF-8; zeros up to a multiple of 4
 *                the sections, in this order, of the lengths that the manifest's `sections` states:
 *   weights      for each cell, the lowest first, W then U, each: for every gate row, bits of ceil(columns / 8) bytes, lowest bit first; first the
 *                plane "not zero" of all rows, then the plane "negative" of all rows
 *   gates        for each cell: i32[3 units] alpha, beta1, beta2, bias; u8 alphaShift, beta2Shift, productShift, 0
 *   head         u8 code bits (8 or 16), 0, 0, 0; layers hidden, skip, output, each: codes i8 or i16 [row][column],
 *                u16 multiplier[rows], u8 shift[rows], each padded to 4; i32 hiddenBias, outputBias. Rows of skip and
 *                output: [block][target][lead], block 0 the median, then one a level of `quantiles`
 *   readouts     per target: u8 transform (0 identity, 1 log1p), u8 gainShift, u16 0, i32 gain, minimum, maximum,
 *                inverseQuantum
 *   tables       u16 tanh[769], padded to 4; u32 powers[257]
 *   front        from version 3 on, see front/IntegerFrontEnd.ts; a scaling is i32 fallback, inverseQuantum, centre,
 *                gain, u8 gainShift, 0, 0, 0. Per target: scaling, i32 ownCentre[sensors], ownGain[sensors], u8
 *                ownShift[sensors] padded to 4; per covariate: scaling; per angle: i32 gain, u8 gainShift, 0, 0, 0;
 *                with a linear baseline per target: u8 weightShift, 0, 0, 0, i32 weights[lead][lag and season],
 *                intercepts[lead], means[sensor]; i16 embedding[sensor][dimension] padded to 4; u32 logarithms[257];
 *                u16 sines[257] padded to 4. All else of the front end stands in the manifest's `features`
 *   rules        per rule, every number packed (see ByteWriter.packed): flags (1 enforced), unitsPerOne, margin,
 *                nodes N, children C, leaves L, terms T, clock tests K; u8 kind[N]; then lists, each number less the
 *                one before: childOffsets[N + 1], children[C], argument[N], termOffsets[L + 1], coefficient[T],
 *                channel[T], sensor[T], step[T], constant[L]; per clock test field, step, lower, upper
 *   golden       cell cases: u32 seed, i8 state[cell][unit] padded, i32 quanta[block][target][lead], the quantiles
 *                arranged around the median; shield cases: u32 seed, i32 quanta[target][sensor][lead]; from version 3
 *                on window cases: u32 seed, i32 quanta[sensor][block][target][lead]; their inputs follow from the seed,
 *                see golden.ts
 * length - 32    32     SHA-256 of all bytes before
 * length  100    where the artefact is signed: see signature.ts
 * ```
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
export const ARTEFACT_VERSION = 3;
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
