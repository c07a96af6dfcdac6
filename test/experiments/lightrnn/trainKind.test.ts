import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventKinds } from "../../../experiments/lightrnn/eventKinds.ts";
import { simulatedStream } from "../../../experiments/lightrnn/simulatedStream.ts";
import {
  type KeptKind,
  type KindBudget,
  storedKind,
  trainKind,
} from "../../../experiments/lightrnn/trainKind.ts";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";

const kernels = createEventKernels();
const stream = simulatedStream(60, 3000, 3);
const widths = { full: 8, sharedInputs: 8, sharedUnits: 12 };
const kindOf = (key: string) =>
  eventKinds(stream, widths, 3)
    .find((kind) => kind.key === key)!
    .make();
const budget: KindBudget = { rounds: 3, epochs: 2, learningRate: 0.01, seed: 3 };
const silent = (): void => undefined;

/** All that does not depend on the clock. */
const lasting = ({ best, rounds, training }: KeptKind) => ({
  best,
  training,
  rounds: rounds.map(({ moved, undone, validation }) => ({ moved, undone, validation })),
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lightrnn-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("trainKind", () => {
  it.each(["random", "succession"])("%s: stopped inside a round, goes on to the same bytes", (key) => {
    const kind = kindOf(key);
    const straight = trainKind(kernels, stream, kind, budget, {
      folder: join(folder, "straight"),
      report: silent,
    });
    const stopped = (): KeptKind =>
      trainKind(kernels, stream, kind, budget, {
        folder,
        report: (round, step) => {
          if (round === 2 && step === 3) throw new Error("killed");
        },
      });
    expect(stopped).toThrow("killed");
    expect(storedKind(folder, stream, kind, budget)?.rounds).toHaveLength(1);
    const resumed = trainKind(kernels, stream, kind, budget, { folder, report: silent });
    expect(lasting(resumed)).toEqual(lasting(straight));
    expect(storedKind(folder, stream, kind, budget)).toEqual(resumed);
  });

  it("trains nothing that is stored whole", () => {
    const kind = kindOf("full");
    const first = trainKind(kernels, stream, kind, budget, { folder, report: silent });
    const again = trainKind(kernels, stream, kind, budget, {
      folder,
      report: () => {
        throw new Error("trained");
      },
    });
    expect(again).toEqual(first);
  });

  it("keeps the best round and its test perplexity, not the last", () => {
    // So few events are soon known by heart.
    const few = { ...stream, training: stream.training.subarray(0, 300) };
    const long = { ...budget, rounds: 5, epochs: 25, learningRate: 0.02 };
    const kept = trainKind(kernels, few, { ...kindOf("full"), dropout: 0 }, long, { folder, report: silent });
    const validations = kept.rounds.map(({ validation }) => validation);
    expect(kept.best.validation).toBe(Math.min(...validations));
    expect(kept.best.validation).toBeLessThan(validations.at(-1)!);
    expect(kept.best.parameters).not.toEqual(kept.training.parameters);
  });
});
