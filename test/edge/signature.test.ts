import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../src/edge/ArtefactError.ts";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { signedMessage, type Signers, splitSignature, withSignature } from "../../src/edge/signature.ts";
import { fixtureMetadata, fixtureModel, fixturePlan } from "./fixture.ts";

const shape = { sensors: 1, units: 1, hiddenUnits: 1, windowSteps: 1, horizonSteps: 1 };
const plan = fixturePlan(shape);
const bytes = compileArtefact({
  model: fixtureModel(plan, shape),
  features: plan,
  rules: [],
  metadata: fixtureMetadata,
});

/** An Ed25519 private key of 32 equal bytes, in PKCS #8 (RFC 8410). */
const keyOf = (byte: number) => {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const privateKey = createPrivateKey({
    key: Buffer.concat([prefix, Buffer.alloc(32, byte)]),
    format: "der",
    type: "pkcs8",
  });
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, raw: new Uint8Array(Buffer.from(jwk.x!, "base64url")) };
};
const [own, other] = [keyOf(1), keyOf(2)];

const signedBy = ({ privateKey, raw }: typeof own): Uint8Array =>
  withSignature(bytes, { publicKey: raw, signature: sign(null, signedMessage(bytes), privateKey) });

const signers: Signers = {
  keys: [Buffer.from(own.raw).toString("hex").toUpperCase()],
  verify: (publicKey, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({
        key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") },
        format: "jwk",
      }),
      signature,
    ),
};

const problemOf = (file: Uint8Array, conditions = { signers }): string => {
  try {
    openArtefact(file, conditions);
  } catch (error) {
    if (error instanceof ArtefactError) return error.problem;
    throw error;
  }
  return "none";
};

describe("a signature", () => {
  it("opens what a trusted key signed, and is parted from it", () => {
    const file = signedBy(own);
    expect(problemOf(file)).toBe("none");
    expect(openArtefact(file)).toEqual(openArtefact(bytes));
    const { artefact, signature } = splitSignature(file);
    expect(artefact).toEqual(bytes);
    expect(signature!.publicKey).toEqual(own.raw);
    expect(splitSignature(bytes)).toEqual({ artefact: bytes });
  });

  it("signs the SHA-256 of the artefact, under its purpose", () => {
    const digest = createHash("sha256").update(bytes.subarray(0, -32)).digest();
    expect(Buffer.from(signedMessage(bytes))).toEqual(
      Buffer.concat([Buffer.from("ordinance artefact\n"), digest]),
    );
  });

  it("is asked for where signers are, and has to be theirs", () => {
    expect(problemOf(bytes)).toBe("unsigned");
    expect(problemOf(signedBy(other))).toBe("untrusted-signer");
    const foreign = splitSignature(signedBy(other)).signature!.signature;
    expect(problemOf(withSignature(bytes, { publicKey: own.raw, signature: foreign }))).toBe(
      "wrong-signature",
    );
  });

  it("gives way to a later one", () => {
    const twice = withSignature(signedBy(other), splitSignature(signedBy(own)).signature!);
    expect(twice).toEqual(signedBy(own));
  });

  it("lets no changed byte and no missing end through", () => {
    const file = signedBy(own);
    for (let at = 0; at < file.length; at++) {
      const copy = file.slice();
      copy[at]! ^= 1 << (at % 8);
      expect(problemOf(copy), `byte ${at}`).not.toBe("none");
      expect(problemOf(file.subarray(0, at)), `the first ${at} bytes`).not.toBe("none");
    }
  });
});
