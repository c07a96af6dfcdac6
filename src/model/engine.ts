import { selectBackend } from "./backend.ts";
import type { RunForecaster } from "./ForecasterRun.ts";

/** What runs the forecaster, and why it was taken: both stand in the log and in the model card. */
export interface Engine {
  readonly name: string;
  readonly reason: string;
  readonly run: RunForecaster;
}

export type EngineKind = "fused" | "tfjs";

/**
 * Takes the fused kernels, or tensor operations of the best tfjs backend where those are wanted or the kernels do not
 * load. Results of the two differ in the last bits; those of one and two `threads` of the fused kernels do not.
 *
 * Two threads take a step in 1/1.7 of the time where both cores are free, and longer than one where they are not: a
 * thread that waits for the other holds a core. So two are used only where they are asked for.
 *
 * @example
 * (await selectEngine("fused")).name; // => "fused"
 */
export const selectEngine = async (wanted: EngineKind, threads: 1 | 2 = 1): Promise<Engine> => {
  let reason = "tensor operations are asked for";
  if (wanted === "fused") {
    try {
      const { fusedForecaster } = await import("./runFused.ts");
      return {
        name: "fused",
        reason: `the wasm kernels load; threads: ${threads}`,
        run: fusedForecaster(threads),
      };
    } catch (cause) {
      reason = `the wasm kernels do not load (${cause instanceof Error ? cause.message : String(cause)})`;
    }
  }
  const { runTensors } = await import("./runTensors.ts");
  const backend = await selectBackend();
  return { name: `tfjs ${backend.name}`, reason: `${reason}; ${backend.reason}`, run: runTensors };
};
