import { canonicalJson } from "../edge/canonicalJson.ts";
import type { Signers } from "../edge/index.ts";
import type { ProofReport } from "../verify/ProofReport.ts";
import type { Signer } from "./signerKeys.ts";

/** A proof and who vouches for it. */
export interface SignedProof extends ProofReport {
  /** Public key (Ed25519, RFC 8032) in hexadecimal, 64 digits; it is signed with the rest. */
  readonly signer: string;
  /** In hexadecimal, 128 digits. */
  readonly signature: string;
}

/** What a proof file holds. */
export const proofText = (proof: ProofReport | SignedProof): string =>
  `${JSON.stringify(proof, undefined, 2)}\n`;

/** A proof file as it was read, of which nothing is known yet. */
export type UncheckedProof = Readonly<Record<string, unknown>>;

export type SignatureProblem = "unsigned" | "untrusted-signer" | "wrong-signature";

export interface SignatureFault {
  readonly problem: SignatureProblem;
  readonly reason: string;
}

/** What is signed: a line that says what it is for, then the canonical JSON of all that a proof says but its signature. */
const proofMessage = (proof: UncheckedProof): Uint8Array =>
  new TextEncoder().encode(`ordinance proof\n${canonicalJson({ ...proof, signature: undefined })}`);

/** Signs a proof. */
export const signProof = (proof: ProofReport, { publicKey, sign }: Signer): SignedProof => {
  const named = { ...proof, signer: Buffer.from(publicKey).toString("hex") };
  return { ...named, signature: Buffer.from(sign(proofMessage(named))).toString("hex") };
};

const HEXADECIMAL = /^[0-9a-f]*$/;
const bytesOf = (text: unknown, length: number): Uint8Array | undefined =>
  typeof text === "string" && text.length === 2 * length && HEXADECIMAL.test(text)
    ? Buffer.from(text, "hex")
    : undefined;

/** Why a proof is not signed by one of `signers`; undefined where it is. */
export const signatureFault = (proof: UncheckedProof, signers: Signers): SignatureFault | undefined => {
  const publicKey = bytesOf(proof.signer, 32);
  const signature = bytesOf(proof.signature, 64);
  if (proof.signer === undefined && proof.signature === undefined) {
    return {
      problem: "unsigned",
      reason: "the proof is not signed; prove again with ordinance verify --key NAME.key --out PROOF",
    };
  }
  if (publicKey !== undefined && !signers.keys.some((key) => key.toLowerCase() === proof.signer)) {
    return {
      problem: "untrusted-signer",
      reason: `the proof is signed with the key ${String(proof.signer)}, which is not trusted; have it signed with a key that is, or add this one to the file of public keys`,
    };
  }
  if (
    publicKey === undefined ||
    signature === undefined ||
    !signers.verify(publicKey, proofMessage(proof), signature)
  ) {
    return {
      problem: "wrong-signature",
      reason: `the signature is not of this proof: one of them was changed; copy it again from where it was signed, or prove again`,
    };
  }
  return undefined;
};
