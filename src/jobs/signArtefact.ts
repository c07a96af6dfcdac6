import { Effect } from "effect";
import { withSignature } from "../edge/index.ts";
import { readArtefact } from "./readArtefact.ts";
import { writeFileAtomically } from "./RunDirectory.ts";
import { signWith } from "./signerKeys.ts";

/** Puts a signature behind an artefact, in its own file; one that it had gives way. */
export const signArtefact = Effect.fn("signArtefact")(function* (artefactPath: string, keyPath: string) {
  const { artefact, bytes } = yield* readArtefact(artefactPath);
  const signature = yield* signWith(keyPath, bytes);
  yield* writeFileAtomically(artefactPath, withSignature(bytes, signature));
  return { sha256: artefact.sha256, signer: Buffer.from(signature.publicKey).toString("hex") };
});
