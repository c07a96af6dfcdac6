import type { KernelThread } from "./KernelThread.ts";
import { gatesOf, type RecurrentCall } from "./RecurrentCall.ts";
import {
  layOutRecurrent,
  type RecurrentLane,
  type RecurrentLayout,
  type RecurrentTiling,
} from "./RecurrentLayout.ts";
import type { KernelCall, RecurrentWorkspace } from "./RecurrentWorkspace.ts";

/** A call laid out in a workspace. */
export interface RecurrentRun {
  readonly call: RecurrentCall;
  readonly workspace: RecurrentWorkspace;
  readonly layout: RecurrentLayout;
  readonly tiling: RecurrentTiling;
  readonly thread: KernelThread | undefined;
}

/** Rows [row, row + rows) of the batch, what they run in, and where their records lie. */
export interface RecurrentChunk {
  readonly row: number;
  readonly rows: number;
  readonly lane: RecurrentLane;
  readonly slot: number;
}

/** Rows [row, row + rows) of the batch at steps [step, step + steps). */
export interface RecurrentTile {
  readonly row: number;
  readonly rows: number;
  readonly step: number;
  readonly steps: number;
}

/**
 * Multiply-adds from which on a run is shared: at a million, a quarter of a millisecond, two threads were 1.3 times as
 * fast as one; to wake a thread that sleeps eats more of a smaller run than sharing it saves.
 */
const SHARED_WORK = 1e6;

const workOf = ({ cell, sizes: { batch, inputs, steps, units } }: RecurrentCall): number =>
  batch * steps * gatesOf[cell] * units * (inputs + units);

/** Lays a call out and packs its weights; the thread is left out where there is too little work for two. */
export const beginRun = (
  call: RecurrentCall,
  tiling: RecurrentTiling,
  workspace: RecurrentWorkspace,
  thread?: KernelThread,
): RecurrentRun => {
  const { inputs, units } = call.sizes;
  const layout = layOutRecurrent(call.cell, call.sizes, tiling, workspace.start);
  const { wasm } = workspace;
  workspace.reserve(layout.end);
  workspace.write(layout.w, call.w);
  workspace.write(layout.u, call.u);
  // sigmoid(slope a) is sigmoid(a) of coefficients as much larger.
  workspace.writeScaled(layout.mi, call.mi, call.slope ?? 1);
  const gates = gatesOf[call.cell];
  const blocks = Math.ceil(units / 8);
  for (let gate = 0; gate < gates; gate++) {
    const column = gate * units * 4;
    const block = gate * blocks * 32;
    wasm.packColumns(layout.w + column, gates * units, inputs, units, layout.packedW + block * inputs);
    wasm.packColumns(layout.u + column, gates * units, units, units, layout.packedU + block * units);
    wasm.packColumns(layout.mi + column, gates * units, 4, units, layout.packedMi + block * 4);
  }
  const partner = workOf(call) < SHARED_WORK ? undefined : thread;
  return { call, workspace, layout, tiling, thread: partner };
};

/** Copies a tile of an array [steps][batch][width] into memory, row-major without gaps. */
export const writeRows = (
  { call, workspace }: RecurrentRun,
  values: Float32Array,
  width: number,
  to: number,
  { row, rows, step, steps }: RecurrentTile,
): void => {
  const { batch } = call.sizes;
  if (rows === batch) {
    workspace.write(to, values.subarray(step * batch * width, (step + steps) * batch * width));
    return;
  }
  for (let i = 0; i < steps; i++) {
    const first = ((step + i) * batch + row) * width;
    workspace.write(to + i * rows * width * 4, values.subarray(first, first + rows * width));
  }
};

/** The reverse of `writeRows`. */
export const readRows = (
  { call, workspace }: RecurrentRun,
  from: number,
  width: number,
  values: Float32Array,
  { row, rows, step, steps }: RecurrentTile,
): void => {
  const { batch } = call.sizes;
  if (rows === batch) {
    values.set(workspace.view(from, steps * batch * width), step * batch * width);
    return;
  }
  for (let i = 0; i < steps; i++) {
    values.set(workspace.view(from + i * rows * width * 4, rows * width), ((step + i) * batch + row) * width);
  }
};

/** Visits the chunks by rounds: those of a round, one a lane, may run at the same time. */
export const eachRound = (
  { call, layout, tiling }: RecurrentRun,
  visit: (chunks: readonly RecurrentChunk[]) => void,
): void => {
  const { batch } = call.sizes;
  const chunks = Math.ceil(batch / tiling.rows);
  const rounds = Math.ceil(chunks / tiling.lanes);
  for (let round = 0; round < rounds; round++) {
    const together: RecurrentChunk[] = [];
    for (const [k, lane] of layout.lanes.entries()) {
      const index = k * rounds + round;
      const row = index * tiling.rows;
      const slot = layout.slots + (tiling.slots < chunks ? k : index) * layout.slotBytes;
      if (index < chunks) together.push({ row, rows: Math.min(tiling.rows, batch - row), lane, slot });
    }
    visit(together);
  }
};

/** Makes the calls of each chunk, those of the second on the other thread where there is one that takes them. */
export const runTogether = (
  { thread, workspace }: RecurrentRun,
  calls: readonly (readonly KernelCall[])[],
): void => {
  const [own, other] = calls;
  if (own !== undefined && other !== undefined && thread?.start(workspace, other) === true) {
    try {
      workspace.run(own);
    } finally {
      thread.finish();
    }
  } else {
    for (const list of calls) workspace.run(list);
  }
};
