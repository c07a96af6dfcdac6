import type { ProofFacts } from "../jobs/readProof.ts";

/** One line on a passed proof and who signed it. */
export const describeProof = ({
  confidence,
  failureRateBound,
  judged,
  seed,
  signer,
  trusted,
}: ProofFacts): string => {
  const by =
    signer === undefined ? "unsigned" : `signed by ${signer}, ${trusted ? "trusted" : "not checked"}`;
  const bound = `with ${confidence * 100} % confidence at most ${(failureRateBound * 100).toPrecision(3)} % fail`;
  return `proof: passed on ${judged} judged windows (${bound}; seed ${seed}), ${by}`;
};
