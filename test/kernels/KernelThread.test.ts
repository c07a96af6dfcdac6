import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KernelThread } from "../../src/kernels/KernelThread.ts";
import type { Cell, RecurrentCall, StateQuantiser } from "../../src/kernels/RecurrentCall.ts";
import { createRecurrentKernel, type RecurrentKernel } from "../../src/kernels/RecurrentKernel.ts";
import { RecurrentWorkspace } from "../../src/kernels/RecurrentWorkspace.ts";
import { randomRecurrentCall } from "./randomRecurrentCall.ts";

const started = async (thread: KernelThread): Promise<KernelThread> => {
  for (let k = 0; k < 1000 && !thread.ready; k++) await setTimeout(5);
  expect(thread.ready).toBe(true);
  return thread;
};

/** Counts the parts of runs that the thread takes. */
class CountingThread extends KernelThread {
  taken = 0;

  override start(...values: Parameters<KernelThread["start"]>): boolean {
    const takes = super.start(...values);
    if (takes) this.taken++;
    return takes;
  }
}

const thread = new CountingThread();
const alone = createRecurrentKernel();
const together = createRecurrentKernel({ thread });

beforeAll(() => started(thread));
afterAll(() => thread.stop());

type Run = ReturnType<typeof randomRecurrentCall> & Pick<RecurrentCall, "stateNoise" | "readFrom" | "slope">;

/** States and all gradients, twice in a row. */
const resultsOf = (kernel: RecurrentKernel, from: Run, stateQuantiser: StateQuantiser): unknown => {
  const { stateGradient, ...arrays } = from;
  const once = () => {
    const { states, tape } = kernel.record({ ...arrays, stateQuantiser });
    const gradient = stateGradient.subarray(0, states.length);
    const gradients = tape.backward(gradient, true);
    tape.release();
    return [states, gradients.w, gradients.u, gradients.mi, gradients.initialState, gradients.x].map(
      (values) => Buffer.from(values!.buffer).toString("base64"),
    );
  };
  return [once(), once()];
};

const sizesOf = (batch: number, steps = 20) => ({ batch, steps, inputs: 17, units: 33 });

describe("a second thread", () => {
  const cells: readonly Cell[] = ["rnn", "lstm", "gru"];
  const quantisers: readonly StateQuantiser[] = ["none", "int8", "ternary", "uniform"];

  it.each(cells.flatMap((cell) => quantisers.map((quantiser) => [cell, quantiser] as const)))(
    "gives the bytes of one: %s, state %s, even and odd batches",
    (cell, quantiser) => {
      for (const batch of [64, 65, 67, 97, 130]) {
        const before = thread.taken;
        const from = randomRecurrentCall(sizesOf(batch), batch, cell);
        expect(resultsOf(together, from, quantiser)).toEqual(resultsOf(alone, from, quantiser));
        expect(thread.taken).toBeGreaterThan(before);
      }
    },
  );

  it.each(cells)("gives the bytes of one with chance in the state, a slope and unread steps: %s", (cell) => {
    const stateNoise = { share: 0.7, seed: 11 };
    const from = { ...randomRecurrentCall(sizesOf(75), 4, cell), stateNoise, slope: 1.5, readFrom: 7 };
    from.stateGradient = from.stateGradient.subarray(0, 13 * 75 * 33);
    expect(resultsOf(together, from, "ternary")).toEqual(resultsOf(alone, from, "ternary"));
  });

  it("gives the bytes of one where the tape does not fit and chunks run again", () => {
    const from = randomRecurrentCall(sizesOf(90), 5);
    const forgetful = (options: { readonly thread?: KernelThread }) =>
      resultsOf(createRecurrentKernel({ tapeBytes: 1, ...options }), from, "int8");
    const before = thread.taken;
    expect(forgetful({ thread })).toEqual(forgetful({}));
    expect(thread.taken).toBeGreaterThan(before);
  });

  it("serves several kernels with several runs alive at once", () => {
    const calls = [64, 80, 96, 70, 66].map((batch) => randomRecurrentCall(sizesOf(batch), batch));
    const gradients = (kernels: readonly RecurrentKernel[]) => {
      const runs = calls.map((call, k) =>
        kernels[k % kernels.length]!.record({ ...call, stateQuantiser: "none" }),
      );
      return runs.map(({ tape }, k) => tape.backward(calls[k]!.stateGradient, true));
    };
    const others = [together, createRecurrentKernel({ thread })];
    expect(gradients(others)).toEqual(gradients([alone]));
  });

  it("is left alone by a batch of one and by little work", () => {
    const before = thread.taken;
    resultsOf(together, randomRecurrentCall(sizesOf(1, 500), 6), "none");
    resultsOf(together, randomRecurrentCall(sizesOf(32, 1), 6), "none");
    expect(thread.taken).toBe(before);
  });
});

describe("a second thread that fails", () => {
  const workspace = new RecurrentWorkspace();

  it("says what went wrong in it, and goes on", async () => {
    const failing = await started(new KernelThread());
    expect(failing.start(workspace, [["clear", 2 ** 31, 4]])).toBe(true);
    expect(() => failing.finish()).toThrow(/second thread.*(memory access out of bounds).*threads: 1/);
    expect(failing.start(workspace, [["clear", workspace.start, 4]])).toBe(true);
    failing.finish();
    await failing.stop();
  });

  it("is given up with an error, not waited for, when it dies at work", async () => {
    const dying = await started(new KernelThread({ patienceMs: 100 }));
    // Its end cannot be heard of before this test gives way.
    const ended = dying.worker.terminate();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    const kernel = createRecurrentKernel({ thread: dying });
    const { stateGradient: _, ...call } = randomRecurrentCall(sizesOf(64), 8);
    expect(() => kernel.record({ ...call, stateQuantiser: "none" })).toThrow(
      /second thread.*no answer for \d+ ms/,
    );
    await ended;
    expect(dying.ready).toBe(false);
    expect(kernel.record({ ...call, stateQuantiser: "none" }).states).toEqual(
      alone.record({ ...call, stateQuantiser: "none" }).states,
    );
  });
});

it("lets the process end by itself", () => {
  const program = `
    import { setTimeout } from "node:timers/promises";
    import { sharedKernelThread } from "./src/kernels/KernelThread.ts";
    import { createRecurrentKernel } from "./src/kernels/RecurrentKernel.ts";
    import { randomRecurrentCall } from "./test/kernels/randomRecurrentCall.ts";
    const thread = sharedKernelThread();
    while (!thread.ready) await setTimeout(5);
    const { stateGradient, ...call } = randomRecurrentCall({ batch: 64, steps: 20, inputs: 17, units: 33 }, 1);
    const { tape } = createRecurrentKernel({ thread }).record({ ...call, stateQuantiser: "none" });
    console.log(tape.backward(stateGradient, false).w.length);`;
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", program],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8", timeout: 60_000 },
  );
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: `${17 * 99}\n` });
});
