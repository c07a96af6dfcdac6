import { describe, expect, it } from "vitest";
import { memoryNote, MemoryRefused, memoryWarning } from "../../src/jobs/memoryNote.ts";

const MEBIBYTE = 2 ** 20;
const memory = {
  parts: [
    { part: "rules", bytes: 1.25 * MEBIBYTE },
    { part: "features", bytes: 60 * MEBIBYTE },
  ],
  bytes: 61.25 * MEBIBYTE,
  prepared: 60 * MEBIBYTE,
  wasm: 0,
  wasmLimit: 2 ** 32,
};

describe("memoryNote", () => {
  it("is one line with the parts, the largest first", () => {
    expect(memoryNote(memory)).toBe("training holds at most 61 MiB: features 60 MiB, rules 1.3 MiB");
  });

  it("warns where what is still to come exceeds the free memory, and only there", () => {
    expect(memoryWarning(memory, 1.25 * MEBIBYTE)).toBeUndefined();
    expect(memoryWarning(memory, MEBIBYTE)).toBe(
      "that is up to 1.3 MiB more than is held already, but 1.0 MiB are free: close other programs, or take a smaller training.batch or a shorter training.scored",
    );
  });

  it("refuses with both figures and what to change", () => {
    const { message } = new MemoryRefused({ needed: 5 * 2 ** 30, limit: 2 ** 32 });
    expect(message).toContain("5120 MiB of wasm memory for one batch, more than the 4096 MiB");
    expect(message).toContain("smaller training.batch");
  });
});
