import { Effect, FileSystem, Schema } from "effect";
import type { Signers } from "../edge/index.ts";
import { WINDOW_KINDS } from "../verify/WindowKind.ts";
import { fileTrouble } from "../ingest/fileTrouble.ts";
import { type SignatureProblem, signatureFault, type UncheckedProof } from "./ProofSignature.ts";

/** A proof cannot be read, is not of the artefact at hand, or cannot be trusted. */
export class ProofRefused extends Schema.TaggedError<ProofRefused>()("ProofRefused", {
  path: Schema.String,
  reason: Schema.String,
  /** Of a proof that was read and found wanting; absent where it could not be judged. */
  problem: Schema.optionalKey(Schema.String),
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

/** The proof of this artefact failed: it does not keep its rules. */
export class ProofNotPassed extends Schema.TaggedError<ProofNotPassed>()("ProofNotPassed", {
  path: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: this artefact's proof failed; train again, or change the rules`;
  }
}

/** What a proof says, as far as it is needed to trust an artefact. */
export interface ProofFacts {
  readonly seed: number;
  readonly judged: number;
  readonly failureRateBound: number;
  readonly confidence: number;
  /** Public key of who signed it, in hexadecimal; absent where nobody did. */
  readonly signer?: string;
  /** Whether the signature was checked against keys that are trusted. */
  readonly trusted: boolean;
}

const Proof = Schema.Struct({
  artefactSha256: Schema.String,
  rulesSha256: Schema.String,
  seed: Schema.Number,
  judged: Schema.Number,
  failureRateBound: Schema.Number,
  confidence: Schema.Number,
  kinds: Schema.Array(Schema.Struct({ kind: Schema.String, runs: Schema.Number })),
  passed: Schema.Boolean,
  signer: Schema.optionalKey(Schema.String),
  signature: Schema.optionalKey(Schema.String),
});

const JsonObject = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown));

const REMEDY = "ordinance verify --out makes one";

/**
 * Reads a passed proof of the artefact with this hash, of all kinds of windows; where `signers` are given, it must be
 * signed by one of them.
 */
export const readProof = Effect.fn("readProof")(function* (path: string, sha256: string, signers?: Signers) {
  const files = yield* FileSystem.FileSystem;
  const refused = (reason: string, problem?: SignatureProblem) =>
    new ProofRefused({ path, reason, ...(problem !== undefined && { problem }) });
  const text = yield* files
    .readFileString(path)
    .pipe(
      Effect.mapError((cause) =>
        refused(`the proof cannot be read (${fileTrouble(cause)}). Give it by --proof; ${REMEDY}`),
      ),
    );
  const noProof = () => refused(`it is no proof of this version; ${REMEDY}`);
  const unchecked: UncheckedProof = yield* Schema.decodeUnknownEffect(JsonObject)(text).pipe(
    Effect.mapError(noProof),
  );
  const proof = yield* Schema.decodeUnknownEffect(Proof)(unchecked).pipe(Effect.mapError(noProof));
  if (signers !== undefined) {
    const fault = signatureFault(unchecked, signers);
    if (fault !== undefined) return yield* refused(fault.reason, fault.problem);
  }
  if (proof.artefactSha256 !== sha256) {
    return yield* refused(
      `it is the proof of ${proof.artefactSha256}, not of this artefact, ${sha256}; prove this one with ordinance verify --out`,
    );
  }
  if (!proof.passed) return yield* new ProofNotPassed({ path });
  const untried = WINDOW_KINDS.filter(
    (kind) => !proof.kinds.some((each) => each.kind === kind && each.runs > 0),
  );
  if (untried.length > 0) {
    return yield* refused(
      `it tried no ${untried.join(" and no ")} windows; prove with ordinance verify --out, without --kind and --path`,
    );
  }
  const { confidence, failureRateBound, judged, seed, signer } = proof;
  return {
    seed,
    judged,
    failureRateBound,
    confidence,
    ...(signer !== undefined && { signer }),
    trusted: signers !== undefined,
  } satisfies ProofFacts;
});
