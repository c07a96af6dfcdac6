/** What is wrong with an artefact, or with what it should be made of. */
export type ArtefactProblem =
  | "wrong-magic"
  | "newer-version"
  | "truncated"
  | "hash-mismatch"
  | "malformed"
  | "older-counter"
  | "expired"
  | "wrong-target"
  | "unsigned"
  | "untrusted-signer"
  | "wrong-signature"
  | "not-representable"
  | "golden-mismatch"
  | "window-too-short"
  | "other-readings";

/** Thrown by the edge functions; `message` names the value, the place and the remedy. */
export class ArtefactError extends Error {
  readonly _tag = "ArtefactError";
  readonly problem: ArtefactProblem;

  constructor(problem: ArtefactProblem, message: string) {
    super(message);
    this.name = "ArtefactError";
    this.problem = problem;
  }
}
