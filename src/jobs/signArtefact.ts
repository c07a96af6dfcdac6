import { Effect } from "effect";
import { signedMessage, splitSignature, withSignature } from "../edge/index.ts";
import { readArtefact } from "./readArtefact.ts";
import { writeFileAtomically } from "./RunDirectory.ts";
import { readSigner } from "./signerKeys.ts";

/** Puts a signature behind an artefact, in its own file; one that it had gives way. */
export const signArtefact = Effect.fn("signArtefact")(function* (artefactPath: string, keyPath: string) {
  const { artefact, bytes } = yield* readArtefact(artefactPath);
  const { publicKey, sign } = yield* readSigner(keyPath);
  const signature = sign(signedMessage(splitSignature(bytes).artefact));
  yield* writeFileAtomically(artefactPath, withSignature(bytes, { publicKey, signature }));
  return { sha256: artefact.sha256, signer: Buffer.from(publicKey).toString("hex") };
});
