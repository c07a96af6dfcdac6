/** Ed25519 keys of those who sign artefacts and proofs: a private one in PEM, public ones as lines of hexadecimal. */
import { Effect, FileSystem, Schema } from "effect";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import type { Signers } from "../edge/index.ts";
import { fileTrouble } from "../ingest/fileTrouble.ts";
import { OutputFailed } from "./RunDirectory.ts";

/** A key file cannot be read, or holds no key of this kind. */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

/** The 32 bytes of a public key. */
const rawPublicKey = (key: KeyObject): Uint8Array =>
  Buffer.from((key.export({ format: "jwk" }) as { readonly x: string }).x, "base64url");

const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(raw).toString("base64url") },
    format: "jwk",
  });

/**
 * Makes a pair of keys: `NAME.key`, which only its owner may read, and `NAME.pub`, a line of 64 hexadecimal digits for
 * the devices. Neither file may be there already: a key that is lost cannot be made again.
 */
export const makeSignerKeys = Effect.fn("makeSignerKeys")(function* (name: string) {
  const files = yield* FileSystem.FileSystem;
  const pair = generateKeyPairSync("ed25519");
  const publicKey = Buffer.from(rawPublicKey(pair.publicKey)).toString("hex");
  const contents = [
    {
      path: `${name}.key`,
      text: pair.privateKey.export({ format: "pem", type: "pkcs8" }) as string,
      mode: 0o600,
    },
    { path: `${name}.pub`, text: `${publicKey}\n`, mode: 0o644 },
  ];
  for (const { path } of contents) {
    if (yield* files.exists(path).pipe(Effect.orElseSucceed(() => false))) {
      return yield* new KeyRefused({
        path,
        reason: "it is there already; give another name, or move it away",
      });
    }
  }
  for (const { mode, path, text } of contents) {
    yield* files
      .writeFileString(path, text, { mode, flag: "wx" })
      .pipe(Effect.mapError((cause) => new OutputFailed({ path, reason: fileTrouble(cause) })));
  }
  return { publicKey, paths: contents.map(({ path }) => path) };
});

const readKey = Effect.fnUntraced(function* (path: string, what: string) {
  const files = yield* FileSystem.FileSystem;
  return yield* files
    .readFileString(path)
    .pipe(
      Effect.mapError(
        (cause) => new KeyRefused({ path, reason: `cannot be read (${fileTrouble(cause)}). Give ${what}` }),
      ),
    );
});

/** Who signs. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The 64 bytes of an Ed25519 signature. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The signer whose private key a file holds. */
export const readSigner = Effect.fn("readSigner")(function* (keyPath: string) {
  const text = yield* readKey(keyPath, "the NAME.key of ordinance keygen");
  const privateKey = yield* Effect.try({
    try: () => createPrivateKey(text),
    catch: () =>
      new KeyRefused({
        path: keyPath,
        reason: "it holds no private key in PEM; make one with ordinance keygen",
      }),
  });
  if (privateKey.asymmetricKeyType !== "ed25519") {
    return yield* new KeyRefused({
      path: keyPath,
      reason: `its key is of the kind ${privateKey.asymmetricKeyType}, not ed25519; make one with ordinance keygen`,
    });
  }
  return {
    publicKey: rawPublicKey(createPublicKey(privateKey)),
    sign: (message) => sign(null, message, privateKey),
  } satisfies Signer;
});

const KEY_LINE = /^[0-9a-f]{64}$/i;

/** Signers of a file of public keys: one a line; blank lines and lines that begin with # count as nothing. */
export const readSigners = Effect.fn("readSigners")(function* (path: string) {
  const text = yield* readKey(path, "a NAME.pub of ordinance keygen");
  const lines = text.split("\n").map((line, index) => ({ key: line.trim(), line: index + 1 }));
  const stated = lines.filter(({ key }) => key !== "" && !key.startsWith("#"));
  const faulty = stated.filter(({ key }) => !KEY_LINE.test(key));
  if (faulty.length > 0 || stated.length === 0) {
    const where =
      stated.length === 0
        ? "it holds no key"
        : `no public key in line ${faulty.map(({ line }) => line).join(", ")}`;
    return yield* new KeyRefused({ path, reason: `${where}; a key is 64 hexadecimal digits` });
  }
  return {
    keys: stated.map(({ key }) => key),
    verify: (publicKey, message, signature) => verify(null, message, publicKeyOf(publicKey), signature),
  } satisfies Signers;
});
