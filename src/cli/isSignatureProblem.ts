const SIGNATURE_PROBLEMS = new Set(["unsigned", "untrusted-signer", "wrong-signature"]);

/** Whether what was read was found wanting, as against what could not be read. */
export const isSignatureProblem = (error: { readonly message: string }): boolean =>
  "problem" in error && SIGNATURE_PROBLEMS.has(String(error.problem));
