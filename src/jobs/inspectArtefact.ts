import { Effect } from "effect";
import { type ArtefactManifest, splitSignature } from "../edge/index.ts";
import { readArtefact } from "./readArtefact.ts";
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
}

/** Reads an artefact; with a file of public keys it is refused unless one of these signed it. */
export const inspectArtefact = Effect.fn("inspectArtefact")(function* (path: string, trustPath?: string) {
  const signers = trustPath === undefined ? undefined : yield* readSigners(trustPath);
  const { artefact, bytes } = yield* readArtefact(path, signers === undefined ? {} : { signers });
  const { signature } = splitSignature(bytes);
  return {
    sha256: artefact.sha256,
    bytes: bytes.length,
    manifest: artefact.manifest,
    ...(signature !== undefined && { signer: Buffer.from(signature.publicKey).toString("hex") }),
    trusted: signers !== undefined,
  } satisfies ArtefactFacts;
});
