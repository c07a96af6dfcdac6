import { Schema } from "effect";
import type { TrainingMemory } from "../train/trainingMemory.ts";

/** The run's kernels ask for more memory than WebAssembly can address: it would fail at its first step. */
export class MemoryRefused extends Schema.TaggedError<MemoryRefused>()("MemoryRefused", {
  needed: Schema.Number,
  limit: Schema.Number,
}) {
  override get message(): string {
    return `training needs ${mebibytes(this.needed)} of wasm memory for one batch, more than the ${mebibytes(this.limit)} that can be had. Take a shorter training.scored or training.warmup, a smaller training.batch or training.ruleOrigins, or fewer model.units`;
  }
}

/** The bound on what training holds as one line, its parts from the largest on. */
export const memoryNote = ({ bytes, parts }: TrainingMemory): string => {
  const shown = [...parts].sort((a, b) => b.bytes - a.bytes);
  return `training holds at most ${mebibytes(bytes)}: ${shown.map((each) => `${each.part} ${mebibytes(each.bytes)}`).join(", ")}`;
};

/** A warning where what is still to be taken exceeds the free memory, in bytes; undefined where it does not. */
export const memoryWarning = (
  { bytes, prepared }: Pick<TrainingMemory, "bytes" | "prepared">,
  free: number,
): string | undefined => {
  const missing = bytes - prepared;
  return missing > free
    ? `that is up to ${mebibytes(missing)} more than is held already, but ${mebibytes(free)} are free: close other programs, or take a smaller training.batch or a shorter training.scored`
    : undefined;
};

const MEBIBYTE = 2 ** 20;

/** A number of bytes for people. */
export function mebibytes(bytes: number): string {
  return `${bytes < 10 * MEBIBYTE ? (bytes / MEBIBYTE).toFixed(1) : Math.round(bytes / MEBIBYTE)} MiB`;
}
