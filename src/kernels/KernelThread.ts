import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { compiledKernel, type KernelMemory } from "./compiledKernel.ts";
import { KernelThreadError } from "./KernelThreadError.ts";
import type { KernelCall, RecurrentWorkspace } from "./RecurrentWorkspace.ts";

export interface KernelThreadOptions {
  /** What `finish` waits beside twenty times the caller's own share, in milliseconds. */
  readonly patienceMs?: number;
}

/** Places of the shared counters. */
const READY = 0;
const STARTED = 1;
const DONE = 2;
const FAILED = 3;
const CALL_FLOATS = 256;
/** Memories the thread keeps an instance for, one a layer of a stacked cell; a further one takes the place of the oldest. */
const HELD_MEMORIES = 4;
/**
 * Polls of the thread before it sleeps, about half a millisecond: longer than what the caller does alone within a
 * training step, and to wake a sleeper takes longer than to poll.
 */
const IDLE_POLLS = 100_000;
/** Polls of the caller before it sleeps: short, for where both threads share a core the other cannot work meanwhile. */
const FINISH_POLLS = 20_000;
/** Waits are counted in short ones, so that a process that was stopped for long does not find its patience gone. */
const WAIT_MS = 50;

/** Plain text, so that it runs alike from sources, from a bundle and from the package. */
const script = `
const { workerData, receiveMessageOnPort } = require("node:worker_threads");
const { module, port, counters, calls } = workerData;
const held = [];
Atomics.store(counters, ${READY}, 1);
for (let done = 0; ; ) {
  for (let poll = 0; poll < ${IDLE_POLLS} && Atomics.load(counters, ${STARTED}) === done; poll++);
  while (Atomics.load(counters, ${STARTED}) === done) Atomics.wait(counters, ${STARTED}, done);
  done = (done + 1) | 0;
  try {
    for (let sent; (sent = receiveMessageOnPort(port)) !== undefined; ) {
      const { place, memory } = sent.message;
      held[place] = Object.values(new WebAssembly.Instance(module, { env: { memory } }).exports);
    }
    const functions = held[calls[0]];
    for (let at = 2, left = calls[1]; left > 0; left--) {
      const [index, count] = calls.subarray(at, at + 2);
      functions[index](...calls.subarray(at + 2, at + 2 + count));
      at += 2 + count;
    }
  } catch (cause) {
    port.postMessage(String(cause));
    Atomics.store(counters, ${FAILED}, 1);
  }
  Atomics.store(counters, ${DONE}, done);
  Atomics.notify(counters, ${DONE});
}`;

/**
 * A second thread that makes calls of the wasm module on a memory that it shares with its caller.
 *
 * It runs from its start to the end of the process, which it never keeps alive. Until it is ready, and when it has
 * ended, `start` declines, and the caller does the work itself.
 */
export class KernelThread {
  readonly worker: Worker;
  readonly #counters = new Int32Array(new SharedArrayBuffer(16));
  readonly #calls = new Float64Array(new SharedArrayBuffer(CALL_FLOATS * 8));
  readonly #names = new Map<string, number>();
  readonly #port: MessagePort;
  readonly #held: (KernelMemory | undefined)[] = Array.from({ length: HELD_MEMORIES });
  readonly #patienceMs: number;
  #next = 0;
  #jobs = 0;
  #startedAt = 0;
  #ended = false;

  constructor({ patienceMs = 10_000 }: KernelThreadOptions = {}) {
    const { port1, port2 } = new MessageChannel();
    const module = compiledKernel();
    this.#patienceMs = patienceMs;
    this.#port = port1;
    this.worker = new Worker(script, {
      eval: true,
      // A loader of the caller's own would only delay the start.
      execArgv: [],
      workerData: { module, port: port2, counters: this.#counters, calls: this.#calls },
      transferList: [port2],
    });
    this.worker.unref();
    this.worker.on("error", (cause) => this.#end(String(cause)));
    this.worker.on("exit", (code) => this.#end(`it ended with code ${code}`));
  }

  /** Whether `start` would take work. */
  get ready(): boolean {
    return !this.#ended && Atomics.load(this.#counters, READY) === 1;
  }

  /** Hands over calls on the memory of a workspace, or says that it takes none; `finish` must follow before the next. */
  start({ memory, wasm }: RecurrentWorkspace, calls: readonly KernelCall[]): boolean {
    if (!this.ready) return false;
    let place = this.#held.indexOf(memory);
    if (place < 0) {
      place = this.#next;
      this.#next = (this.#next + 1) % HELD_MEMORIES;
      this.#held[place] = memory;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
      this.#port.postMessage({ place, memory });
    }
    if (this.#names.size === 0) Object.keys(wasm).forEach((name, index) => this.#names.set(name, index));
    const list = this.#calls;
    list[0] = place;
    list[1] = calls.length;
    let at = 2;
    for (const [name, ...values] of calls) {
      list[at] = this.#names.get(name)!;
      list[at + 1] = values.length;
      list.set(values, at + 2);
      at += 2 + values.length;
    }
    this.#jobs = (this.#jobs + 1) | 0;
    this.#startedAt = performance.now();
    Atomics.store(this.#counters, STARTED, this.#jobs);
    Atomics.notify(this.#counters, STARTED);
    return true;
  }

  /**
   * Waits until the calls are made.
   *
   * @throws KernelThreadError with the cause where one of them failed or the thread does not answer.
   */
  finish(): void {
    const counters = this.#counters;
    for (let poll = 0; poll < FINISH_POLLS && Atomics.load(counters, DONE) !== this.#jobs; poll++);
    let patience = this.#patienceMs + 20 * (performance.now() - this.#startedAt);
    while (Atomics.load(counters, DONE) !== this.#jobs) {
      if (patience <= 0) {
        void this.stop();
        throw new KernelThreadError(
          `it gave no answer for ${Math.round(performance.now() - this.#startedAt)} ms`,
        );
      }
      patience -= WAIT_MS;
      Atomics.wait(counters, DONE, (this.#jobs - 1) | 0, WAIT_MS);
    }
    if (Atomics.exchange(counters, FAILED, 0) === 1) {
      throw new KernelThreadError(String(receiveMessageOnPort(this.#port)?.message));
    }
  }

  /** Ends the thread; its caller then does all work itself. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.worker.terminate();
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    process.emitWarning(
      `${new KernelThreadError(reason).message}. Work goes on with one, to the same bytes.`,
    );
  }
}

let shared: KernelThread | undefined;

/** The one second thread of this process, started when first asked for. */
export const sharedKernelThread = (): KernelThread => (shared ??= new KernelThread());
