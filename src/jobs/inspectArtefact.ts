import { Effect } from "effect";
import { type ArtefactManifest, splitSignature } from "../edge/index.ts";
import { readArtefact } from "./readArtefact.ts";
import { type ProofFacts, readProof } from "./readProof.ts";
import { readSigners } from "./signerKeys.ts";

/** What an artefact says of itself. */
export interface ArtefactFacts {
  readonly sha256: string;
  readonly bytes: number;
  readonly manifest: ArtefactManifest;
  /** Public key of who signed it, in hexadecimal; absent where nobody did. */
  readonly signer?: string;
  /** Whether the signature was checked against keys that are trusted. */
  readonly trusted: boolean;
  /** Where one was asked for. */
  readonly proof?: ProofFacts;
}

export interface InspectOptions {
  /** File of public keys: artefact and proof are refused unless one of these signed them. */
  readonly trustPath?: string;
  /** A proof to read too; refused unless it passed and is of this artefact. */
  readonly proofPath?: string;
}

/** Reads an artefact and, where asked for, its proof. */
export const inspectArtefact = Effect.fn("inspectArtefact")(function* (
  path: string,
  { proofPath, trustPath }: InspectOptions,
) {
  const signers = trustPath === undefined ? undefined : yield* readSigners(trustPath);
  const { artefact, bytes } = yield* readArtefact(path, signers === undefined ? {} : { signers });
  const { signature } = splitSignature(bytes);
  const proof = proofPath === undefined ? undefined : yield* readProof(proofPath, artefact.sha256, signers);
  return {
    sha256: artefact.sha256,
    bytes: bytes.length,
    manifest: artefact.manifest,
    ...(signature !== undefined && { signer: Buffer.from(signature.publicKey).toString("hex") }),
    trusted: signers !== undefined,
    ...(proof !== undefined && { proof }),
  } satisfies ArtefactFacts;
});
