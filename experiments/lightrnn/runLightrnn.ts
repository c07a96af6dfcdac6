import { fileURLToPath } from "node:url";
import { describeMachine } from "../../bench/describeMachine.ts";
import { createEventKernels } from "../../src/model/eventModel/eventKernels.ts";
import { eventKinds } from "./eventKinds.ts";
import { type KindResult, lightrnnTable } from "./lightrnnTable.ts";
import { recordedStream, recordingNames } from "./recordedStream.ts";
import { simulatedStream } from "./simulatedStream.ts";
import { eventCut, type KindBudget, storedKind, trainKind } from "./trainKind.ts";

const SEED = 20_161_205;
const folder = fileURLToPath(new URL("../../out/experiments/lightrnn", import.meta.url));

const toTerminal = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
};

const numbers = {
  detectors: 20_000,
  events: 400_000,
  rounds: 12,
  epochs: 2,
  width: 32,
  "shared-inputs": 32,
  "shared-units": 80,
};
type NumberName = keyof typeof numbers;

/** Flags and names of the command line, or what is wrong with them. */
const readWords = (
  words: readonly string[],
): { options: typeof numbers; recording: string; names: string[]; problems: string[] } => {
  const options = { ...numbers };
  const names: string[] = [];
  const problems: string[] = [];
  let recording = "";
  for (let k = 0; k < words.length; k++) {
    const word = words[k]!;
    const flag = word.replace(/^--/, "");
    if (!word.startsWith("--")) names.push(word);
    else if (flag === "recording") recording = words[++k] ?? "";
    else if (Object.hasOwn(options, flag)) {
      const value = Number(words[++k]);
      if (!(Number.isInteger(value) && value > 0)) problems.push(`${word}: give a whole number above 0`);
      options[flag as NumberName] = value;
    } else if (flag === "quick") {
      Object.assign(options, { detectors: 100, events: 10_000, rounds: 3 });
    } else if (flag !== "stored") {
      const known = [...Object.keys(numbers), "recording", "quick", "stored"];
      problems.push(`there is no ${word}: give one of ${known.map((name) => `--${name}`).join(", ")}`);
    }
  }
  return { options, recording, names, problems };
};

/**
 * `lightrnn [--quick] [--stored] [--recording NAME] [--detectors N] [--events N] [--rounds N] [--epochs N] [--width N]
 * [--shared-inputs N]
 * [--shared-units N] [KIND...]`: trains what is not yet in `out/experiments/lightrnn`, one file a model, and prints the
 * table. A simulated city of 20,000 detectors unless told; `--stored` trains nothing.
 */
export const runLightrnn = async (words: readonly string[]): Promise<void> => {
  const { names, options, problems, recording } = readWords(words);
  const known = recordingNames.find((name) => name === recording);
  if (words.includes("--recording") && known === undefined)
    problems.push(`--recording ${recording}: give one of ${recordingNames.join(", ")}`);
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exitCode = 2;
    return;
  }
  const stream =
    known === undefined
      ? simulatedStream(options.detectors, options.events, SEED)
      : await recordedStream(known, SEED);
  const budget: KindBudget = {
    rounds: options.rounds,
    epochs: options.epochs,
    learningRate: 0.006,
    seed: SEED,
  };
  const kinds = eventKinds(
    stream,
    {
      full: options.width,
      sharedInputs: options["shared-inputs"],
      sharedUnits: options["shared-units"],
    },
    SEED,
  );
  const keys = kinds.map(({ key }) => key);
  const unknown = names.filter((name) => !keys.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no ${unknown.join(", ")}: give some of ${keys.join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  const kernels = createEventKernels();
  const steps =
    Math.ceil(Math.floor((stream.training.length - 1) / eventCut.batch) / eventCut.steps) * options.epochs;
  const results: KindResult[] = [];
  for (const { key, make } of kinds) {
    if (names.length > 0 && !names.includes(key)) continue;
    const kind = make();
    if (words.includes("--stored")) {
      const kept = storedKind(folder, stream, kind, budget);
      if (kept !== undefined) results.push({ kind, kept });
      continue;
    }
    const origin = kinds.find((other) => other.key === kind.from)?.make();
    const start = origin && storedKind(folder, stream, origin, budget)?.best;
    if (origin !== undefined && start === undefined) {
      console.error(`${kind.name}: train ${kind.from} first.`);
      process.exitCode = 2;
      continue;
    }
    const report = (round: number, step: number): void => {
      toTerminal(`${kind.name}: round ${round} of ${budget.rounds}, step ${step} of ${steps}`);
      if (step === steps && !process.stderr.isTTY)
        console.error(`${kind.name}: round ${round} of ${budget.rounds} trained`);
    };
    const kept = trainKind(kernels, stream, kind, budget, { folder, report }, start);
    toTerminal("");
    console.error(
      `${stream.name}: ${kind.name}: perplexity ${kept.best.test.toFixed(2)}, ${kept.seconds.toFixed(0)} s of processor`,
    );
    results.push({ kind, kept });
  }
  const command = ["npm run experiment -- lightrnn", ...words].join(" ");
  console.log(`\`${command}\` on ${describeMachine()}.\n\n${lightrnnTable(stream, results, budget)}`);
};
