import { advanceStep, PROJECTED_BYTES, projectStep } from "./cellStep";
import { readState } from "./head";
import { CellRecord, ModelRecord } from "./records";

/** First byte that holds no static data. */
export function arenaStart(): usize {
  return __heap_base;
}

// @ts-ignore: decorator
@inline
function cellAt(model: ModelRecord, cell: i32): CellRecord {
  return changetype<CellRecord>(model.cell + (<usize>cell) * offsetof<CellRecord>());
}

function zeroStates(model: ModelRecord): void {
  for (let cell = 0; cell < model.cells; cell++) {
    const own = cellAt(model, cell);
    memory.fill(own.state, 0, (<usize>own.units) << 1);
  }
}

/** The lowest cell by a projected step, then each above it by the new state of the one below. */
function advanceAll(model: ModelRecord, projected: usize): void {
  advanceStep(model, cellAt(model, 0), projected);
  for (let cell = 1; cell < model.cells; cell++) {
    const own = cellAt(model, cell);
    projectStep(own, own.x, model.sums, model.projected);
    advanceStep(model, own, model.projected);
  }
}

/** All cells to the zero state. */
export function reset(model: usize): void {
  zeroStates(changetype<ModelRecord>(model));
}

/** Moves all cells on by the features where the lowest reads its x. */
export function step(model: usize): void {
  const own = changetype<ModelRecord>(model);
  const lowest = cellAt(own, 0);
  projectStep(lowest, lowest.x, own.sums, own.projected);
  advanceAll(own, own.projected);
}

/** Projects `count` vectors of the lowest cell, int16 [vector][padded inputs]. */
export function project(model: usize, features: usize, count: i32, projected: usize): void {
  const own = changetype<ModelRecord>(model);
  const lowest = cellAt(own, 0);
  const vectorBytes = (<usize>lowest.inputPairs) << 2;
  const projectedBytes = ((<usize>lowest.units) >> 2) * PROJECTED_BYTES;
  for (let index = 0; index < count; index++) {
    projectStep(lowest, features, own.sums, projected);
    features += vectorBytes;
    projected += projectedBytes;
  }
}

/** Walks `steps` projected vectors from the zero state. */
export function walk(model: usize, projected: usize, steps: i32): void {
  const own = changetype<ModelRecord>(model);
  const projectedBytes = ((<usize>cellAt(own, 0).units) >> 2) * PROJECTED_BYTES;
  zeroStates(own);
  for (let index = 0; index < steps; index++) {
    advanceAll(own, projected);
    projected += projectedBytes;
  }
}

/** Quanta [block][target][lead] from the states, the features at `x` and the baseline integers. */
export function read(model: usize, x: usize, baselines: usize, quanta: usize): void {
  const own = changetype<ModelRecord>(model);
  readState(own, cellAt(own, own.cells - 1).state, x, baselines, quanta);
}
