import { generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Signers } from "../../src/edge/index.ts";
import { proofText, signatureFault, signProof, type UncheckedProof } from "../../src/jobs/ProofSignature.ts";
import type { Signer } from "../../src/jobs/signerKeys.ts";
import type { ProofReport } from "../../src/verify/ProofReport.ts";

const counts = {
  runs: 10,
  judged: 8,
  unjudged: 1,
  infeasible: 1,
  failures: 0,
  disagreements: 0,
  unshieldedFailures: 2,
};
const report: ProofReport = {
  artefactSha256: "ab".repeat(32),
  rulesSha256: "cd".repeat(32),
  seed: 1,
  ...counts,
  confidence: 0.95,
  failureRateBound: 0.3123,
  kinds: [{ kind: "plausible", ...counts, failureRateBound: 0.3123 }],
  rules: [
    { name: "limit", enforced: true, kept: 8, broken: 0, unjudged: 1, restored: 2, smallestMargin: null },
  ],
  unshieldedCounterexample: {
    kind: "plausible",
    window: { index: 3, perturbations: [{ kind: "gap", channel: 0, sensor: 1, ago: 0, length: 2 }] },
    description: ["window 3 of the data"],
    rule: "limit",
    margin: -1.5,
    sensor: "s1",
    step: 2,
    path: "3:0",
    replayCommand: "ordinance verify ARTEFACT --kind plausible --seed 1 --path 3:0",
  },
  passed: true,
};

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from((publicKey.export({ format: "jwk" }) as { x: string }).x, "base64url");
  const signer: Signer = { publicKey: raw, sign: (message) => sign(null, message, privateKey) };
  const signers: Signers = {
    keys: [raw.toString("hex")],
    verify: (key, message, signature) => raw.equals(key) && verify(null, message, publicKey, signature),
  };
  return { signer, signers };
};
const city = pair();
const signed = JSON.parse(proofText(signProof(report, city.signer))) as UncheckedProof;

/** Every copy of a value in which one leaf differs, one member is gone, or one was added; with where that is. */
const changes = (value: unknown): [place: string, changed: unknown][] => {
  if (Array.isArray(value)) {
    return [
      ...value.flatMap((member, index) =>
        changes(member).map(([place, changed]): [string, unknown] => [
          `[${index}]${place}`,
          value.with(index, changed),
        ]),
      ),
      ["[+]", [...value, 0]],
      ...(value.length > 0 ? [["[-]", value.slice(1)] as [string, unknown]] : []),
    ];
  }
  if (typeof value === "object" && value !== null) {
    return [
      ...Object.entries(value).flatMap(([key, member]) => [
        ...changes(member).map(([place, changed]): [string, unknown] => [
          `.${key}${place}`,
          { ...value, [key]: changed },
        ]),
        [`.${key} gone`, Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))] as [
          string,
          unknown,
        ],
      ]),
      [".another", { ...value, another: 1 }],
    ];
  }
  if (typeof value === "string") {
    const last = value.at(-1);
    return [["", value.slice(0, -1) + (last === "0" ? "1" : "0")]];
  }
  if (typeof value === "boolean") return [["", !value]];
  return [["", value === null ? 0 : (value as number) + 1]];
};

describe("signProof", () => {
  it("names its signer, and is trusted in whatever order its members stand", () => {
    expect(signed).toMatchObject({ ...report, signer: city.signers.keys[0] });
    expect(signatureFault(signed, city.signers)).toBeUndefined();
    const turned = Object.fromEntries(Object.entries(signed).reverse());
    expect(
      signatureFault(JSON.parse(JSON.stringify(turned)) as UncheckedProof, city.signers),
    ).toBeUndefined();
  });

  it("is refused when any field was changed, taken out or added", () => {
    const all = changes(signed) as [string, UncheckedProof][];
    const places = all.map(([place]) => place);
    expect(new Set(places).size).toBe(places.length);
    for (const field of [".passed", ".seed", ".artefactSha256", ".rulesSha256", ".failureRateBound"]) {
      expect(places).toContain(field);
    }
    expect(places).toContain(".kinds[0].failures");
    expect(places).toContain(".unshieldedCounterexample.window.perturbations[0].length");
    expect(places).toContain(".signature");
    for (const [place, changed] of all) {
      const problem = place === ".signer" ? "untrusted-signer" : "wrong-signature";
      expect([place, signatureFault(changed, city.signers)?.problem]).toEqual([place, problem]);
    }
  });

  it("is refused with its own reason where it is unsigned, or signed by another", () => {
    expect(signatureFault({ ...report }, city.signers)).toMatchObject({
      problem: "unsigned",
      reason: expect.stringContaining("ordinance verify --key") as string,
    });
    const other = pair();
    expect(signatureFault(signed, other.signers)).toMatchObject({
      problem: "untrusted-signer",
      reason: expect.stringContaining(city.signers.keys[0]!) as string,
    });
    // Another's signature under the trusted name.
    const forged = { ...signProof(report, other.signer), signer: city.signers.keys[0] };
    expect(signatureFault(forged, city.signers)?.problem).toBe("wrong-signature");
    for (const signature of [7, "", "zz".repeat(64), "ab".repeat(63)]) {
      expect(signatureFault({ ...signed, signature }, city.signers)?.problem).toBe("wrong-signature");
    }
  });
});
