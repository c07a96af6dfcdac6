import { blocksOf } from "../series/arrangeQuantiles.ts";
import {
  type Artefact,
  ARTEFACT_MAGIC,
  ARTEFACT_VERSION,
  type ArtefactManifest,
  FRONT_END_VERSION,
  type SectionName,
  sectionsOf,
} from "./Artefact.ts";
import { ArtefactError } from "./ArtefactError.ts";
import { ByteReader } from "./ByteReader.ts";
import type { CompiledRule } from "./CompiledRule.ts";
import { frontFaults } from "./front/frontFaults.ts";
import { readFrontEnd } from "./front/frontSection.ts";
import type { IntegerFrontEnd } from "./front/IntegerFrontEnd.ts";
import { quantiseFrontEnd } from "./front/quantiseFrontEnd.ts";
import { readingQuanta } from "./front/readingQuanta.ts";
import { manifestFaults } from "./manifestFaults.ts";
import { ruleFaults } from "./ruleFaults.ts";
import { readCell, readGolden, readHead, readReadouts, readRule, readTables } from "./sections.ts";
import { sha256, toHex } from "./sha256.ts";
import { checkSignature, type Signers, splitSignature } from "./signature.ts";

const HEADER_BYTES = 16;
const DIGEST_BYTES = 32;

/** What the device knows and an artefact must agree with; each is checked only where it is given. */
export interface OpenConditions {
  /** Highest counter that the device has accepted; a lower one is refused. */
  readonly newestCounter?: number;
  readonly target?: string;
  /** Milliseconds since 1970-01-01T00:00Z, held against the artefact's expiry. */
  readonly nowMs?: number;
  /** With them, an artefact without a valid signature of one of these is refused. */
  readonly signers?: Signers;
  /** A faster SHA-256 where the platform has one; left out, that of sha256.ts. */
  readonly sha256?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Checks an artefact byte for byte and reads it; a signature behind it is checked where `signers` are given.
 *
 * Throws an {@link ArtefactError} whose `problem` is `wrong-magic`, `newer-version`, `truncated`, `hash-mismatch`,
 * `malformed`, `unsigned`, `untrusted-signer`, `wrong-signature`, `older-counter`, `wrong-target` or `expired`.
 */
export const openArtefact = (file: Uint8Array, conditions: OpenConditions = {}): Artefact => {
  const { artefact: bytes, signature } = splitSignature(file);
  const { version, manifestLength, digest } = checkFrame(bytes, conditions.sha256 ?? sha256);
  if (conditions.signers !== undefined) checkSignature(bytes, signature, conditions.signers);
  const reader = new ByteReader(bytes.subarray(0, bytes.length - DIGEST_BYTES), "the artefact");
  reader.bytes(HEADER_BYTES);
  const manifest = parseManifest(reader.bytes(manifestLength));
  reader.align();
  if (manifest.formatVersion !== version) {
    throw malformed(`its header says format version ${version}, its manifest ${manifest.formatVersion}`);
  }
  checkConditions(manifest, conditions);

  const section = {} as Record<SectionName, ByteReader>;
  sectionsOf(version).forEach((name, index) => {
    const stated = manifest.sections[index];
    if (stated?.name !== name)
      throw malformed(`section ${index} is ${stated?.name ?? "missing"}, not ${name}`);
    section[name] = new ByteReader(reader.bytes(stated.bytes), `section ${name}`);
  });
  const { inputs, units, layers = 1, hiddenUnits, horizonSteps, quantiles = [] } = manifest;
  const outputs = manifest.readouts.length * horizonSteps;
  const shape = { inputs, units, layers, hiddenUnits, outputs, headRows: blocksOf(quantiles) * outputs };
  const rules = manifest.rules.map(({ name, text }): CompiledRule => readRule(section.rules, name, text));
  const wrongRules = rules.flatMap((rule) =>
    ruleFaults(rule, {
      channels: manifest.ruleChannels.length,
      targets: manifest.readouts.length,
      sensors: manifest.features.sensors.length,
      horizonSteps,
    }),
  );
  const front =
    version < FRONT_END_VERSION ? formerFrontEnd(manifest) : readFrontEnd(section.front, manifest.features);
  const faults = [...wrongRules, ...frontFaults(front)];
  if (faults.length > 0) throw malformed(faults.join("; "));
  return {
    manifest,
    model: {
      inputs,
      units,
      hiddenUnits,
      horizonSteps,
      ...readCell(section.weights, section.gates, inputs, units),
      upper: Array.from({ length: layers - 1 }, () => readCell(section.weights, section.gates, units, units)),
      head: readHead(section.head, shape),
      readouts: readReadouts(section.readouts, manifest.readouts.length),
      quantiles,
      ...readTables(section.tables),
    },
    front,
    rules,
    golden: readGolden(
      section.golden,
      {
        cells: manifest.goldenCells,
        shields: manifest.goldenShields,
        windows: manifest.goldenWindows ?? 0,
        sensors: manifest.features.sensors.length,
      },
      shape,
    ),
    sha256: digest,
  };
};

/** The front end of the versions that left it to the runtime. */
const formerFrontEnd = ({ features, readouts, ruleChannels }: ArtefactManifest): IntegerFrontEnd =>
  quantiseFrontEnd(features, readingQuanta(features, readouts, ruleChannels));

const checkFrame = (
  bytes: Uint8Array,
  digestOf: (bytes: Uint8Array) => Uint8Array,
): { version: number; manifestLength: number; digest: string } => {
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 4));
  if (magic !== ARTEFACT_MAGIC) {
    throw new ArtefactError(
      "wrong-magic",
      `the file begins with ${JSON.stringify(magic)}, not "${ARTEFACT_MAGIC}"; give a file made by ordinance export`,
    );
  }
  const reader = new ByteReader(bytes, "the artefact");
  reader.bytes(4);
  const version = reader.u16();
  if (version > ARTEFACT_VERSION) {
    throw new ArtefactError(
      "newer-version",
      `the artefact has format version ${version}, this runtime reads ${ARTEFACT_VERSION}; update the runtime`,
    );
  }
  reader.u16();
  const length = reader.u32();
  if (bytes.length < length || bytes.length < HEADER_BYTES + DIGEST_BYTES) {
    throw new ArtefactError(
      "truncated",
      `the artefact has ${bytes.length} of its ${length} bytes; copy it again from where it was exported`,
    );
  }
  const stated = toHex(bytes.subarray(bytes.length - DIGEST_BYTES));
  const digest = toHex(digestOf(bytes.subarray(0, bytes.length - DIGEST_BYTES)));
  if (stated !== digest || length !== bytes.length) {
    throw new ArtefactError(
      "hash-mismatch",
      `the artefact's SHA-256 is ${digest}, but it states ${stated}: it was changed or damaged; ` +
        "copy it again from where it was exported",
    );
  }
  if (version < 1) throw malformed(`format version ${version} was never published`);
  return { version, manifestLength: reader.u32(), digest };
};

const malformed = (what: string): ArtefactError =>
  new ArtefactError("malformed", `the artefact is intact but not well formed: ${what}; export it anew`);

const parseManifest = (text: Uint8Array): ArtefactManifest => {
  let manifest: unknown;
  try {
    manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw malformed(`its manifest is not JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const faults = manifestFaults(manifest);
  if (faults.length > 0) throw malformed(faults.join("; "));
  return manifest as ArtefactManifest;
};

const checkConditions = (manifest: ArtefactManifest, conditions: OpenConditions): void => {
  const { newestCounter, target, nowMs } = conditions;
  if (newestCounter !== undefined && manifest.counter < newestCounter) {
    throw new ArtefactError(
      "older-counter",
      `${manifest.name} has counter ${manifest.counter}, this device has accepted ${newestCounter}; install a newer release`,
    );
  }
  if (target !== undefined && manifest.target !== target) {
    throw new ArtefactError(
      "wrong-target",
      `${manifest.name} is made for ${manifest.target}, this device is ${target}; export it for this target`,
    );
  }
  if (nowMs !== undefined && manifest.expires !== undefined && !(nowMs < Date.parse(manifest.expires))) {
    throw new ArtefactError(
      "expired",
      `${manifest.name} expired at ${manifest.expires}; install a newer release`,
    );
  }
};
