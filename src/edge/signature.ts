import { ArtefactError } from "./ArtefactError.ts";
import { toHex } from "./sha256.ts";

/**
 * An Ed25519 signature (RFC 8032) stands behind the artefact, past the length that its header states: "ORDS", the
 * signer's public key (32 bytes), the signature (64 bytes).
 */
export const SIGNATURE_MAGIC = "ORDS";
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAGIC_BYTES = 4;
export const TRAILER_BYTES = MAGIC_BYTES + KEY_BYTES + SIGNATURE_BYTES;

export interface ArtefactSignature {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Whose signatures a device takes, and how it checks one: `node:crypto`, WebCrypto or a library of the device. */
export interface Signers {
  /** Public keys in hexadecimal, 64 digits each. */
  readonly keys: readonly string[];
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** Whether a trailer stands behind an artefact of `length` bytes. */
const hasTrailer = (bytes: Uint8Array, length: number): boolean =>
  bytes.length === length + TRAILER_BYTES &&
  SIGNATURE_MAGIC.split("").every((letter, index) => bytes[length + index] === letter.charCodeAt(0));

/** Parts an artefact from the signature behind it, where it has one. */
export const splitSignature = (
  bytes: Uint8Array,
): { readonly artefact: Uint8Array; readonly signature?: ArtefactSignature } => {
  if (bytes.length < 12 + TRAILER_BYTES) return { artefact: bytes };
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (!hasTrailer(bytes, length)) return { artefact: bytes };
  const trailer = bytes.subarray(length + MAGIC_BYTES);
  return {
    artefact: bytes.subarray(0, length),
    signature: { publicKey: trailer.subarray(0, KEY_BYTES), signature: trailer.subarray(KEY_BYTES) },
  };
};

/** An artefact with a signature behind it; one that it had before gives way. */
export const withSignature = (
  bytes: Uint8Array,
  { publicKey, signature }: ArtefactSignature,
): Uint8Array<ArrayBuffer> => {
  const { artefact } = splitSignature(bytes);
  const signed = new Uint8Array(artefact.length + TRAILER_BYTES);
  signed.set(artefact);
  signed.set(new TextEncoder().encode(SIGNATURE_MAGIC), artefact.length);
  signed.set(publicKey, artefact.length + MAGIC_BYTES);
  signed.set(signature, artefact.length + MAGIC_BYTES + KEY_BYTES);
  return signed;
};

/** What is signed: a line that says what it is for, then the last 32 bytes of the artefact, its SHA-256. */
export const signedMessage = (artefact: Uint8Array): Uint8Array<ArrayBuffer> => {
  const purpose = new TextEncoder().encode("ordinance artefact\n");
  const message = new Uint8Array(purpose.length + 32);
  message.set(purpose);
  message.set(artefact.subarray(artefact.length - 32), purpose.length);
  return message;
};

/** Throws an {@link ArtefactError} `unsigned`, `untrusted-signer` or `wrong-signature`. */
export const checkSignature = (
  artefact: Uint8Array,
  signature: ArtefactSignature | undefined,
  { keys, verify }: Signers,
): void => {
  if (signature === undefined) {
    throw new ArtefactError(
      "unsigned",
      "the artefact has no signature, but this device takes signed ones only; sign it with ordinance sign",
    );
  }
  const signer = toHex(signature.publicKey);
  if (!keys.some((key) => key.toLowerCase() === signer)) {
    throw new ArtefactError(
      "untrusted-signer",
      `the artefact is signed with the key ${signer}, which this device does not trust; sign it with a key that it does, or add this one`,
    );
  }
  if (!verify(signature.publicKey, signedMessage(artefact), signature.signature)) {
    throw new ArtefactError(
      "wrong-signature",
      `the signature of ${signer} is not of this artefact: one of them was changed; copy it again from where it was signed`,
    );
  }
};
