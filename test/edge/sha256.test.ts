import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256, toHex } from "../../src/edge/sha256.ts";
import { uniform } from "./fixture.ts";

describe("sha256", () => {
  it("equals node:crypto around every padding boundary and on a long input", () => {
    const random = uniform(1);
    for (const length of [...Array(140).keys(), 1000, 100_000]) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256));
      expect(toHex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });
});
