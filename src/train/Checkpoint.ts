import { mapParameters, parameterNames, type Parameters } from "../model/Parameters.ts";
import { type SharedTable, sharedTable } from "../model/sharedTable/SharedTable.ts";
import type { AdamWState } from "./AdamW.ts";
import type { EpochRecord } from "./TrainingSettings.ts";

/** Everything that training needs to go on as if it had never stopped. */
export interface Checkpoint {
  /** Hash over data, rules and settings: a checkpoint of anything else is not continued. */
  readonly fingerprint: string;
  readonly phase: "float" | "ternary" | "done";
  /** Epochs of the phase that are done. */
  readonly epoch: number;
  /** Optimiser steps of the phase that are done. */
  readonly step: number;
  readonly parameters: Parameters;
  readonly average: Parameters;
  readonly optimiser: AdamWState;
  readonly randomState: Int32Array;
  /** Best averaged parameters of the phase so far; absent before its first epoch. */
  readonly best?: {
    readonly loss: number;
    readonly epoch: number;
    readonly parameters: Parameters;
    readonly table?: SharedTable;
  };
  /** Where sensors stand whose vectors are of a table; absent without one. */
  readonly table?: SharedTable;
  /** Result of the float phase once it has ended, with the vectors of all sensors. */
  readonly float?: Parameters;
  readonly history: readonly EpochRecord[];
}

const FORMAT = 1;

/** Writes a checkpoint as JSON text; arrays are base64 of their little-endian bytes, so nothing is rounded. */
export const encodeCheckpoint = (checkpoint: Checkpoint): string =>
  JSON.stringify({
    format: FORMAT,
    ...checkpoint,
    parameters: encodeParameters(checkpoint.parameters),
    average: encodeParameters(checkpoint.average),
    optimiser: {
      step: checkpoint.optimiser.step,
      firstMoment: encodeParameters(checkpoint.optimiser.firstMoment),
      secondMoment: encodeParameters(checkpoint.optimiser.secondMoment),
    },
    randomState: Array.from(checkpoint.randomState),
    best: checkpoint.best && {
      ...checkpoint.best,
      parameters: encodeParameters(checkpoint.best.parameters),
      table: checkpoint.best.table && encodeTable(checkpoint.best.table),
    },
    table: checkpoint.table && encodeTable(checkpoint.table),
    float: checkpoint.float && encodeParameters(checkpoint.float),
  });

/** Reads {@link encodeCheckpoint}; undefined where the text is not a whole checkpoint of this format. */
export const decodeCheckpoint = (text: string): Checkpoint | undefined => {
  try {
    const stored = JSON.parse(text) as StoredCheckpoint | null;
    return stored?.format === FORMAT ? restored(stored) : undefined;
  } catch {
    // Either no JSON, or parts are missing or of another kind.
    return undefined;
  }
};

const restored = (stored: StoredCheckpoint): Checkpoint => ({
  fingerprint: stored.fingerprint,
  phase: stored.phase,
  epoch: stored.epoch,
  step: stored.step,
  parameters: decodeParameters(stored.parameters),
  average: decodeParameters(stored.average),
  optimiser: {
    step: stored.optimiser.step,
    firstMoment: decodeParameters(stored.optimiser.firstMoment),
    secondMoment: decodeParameters(stored.optimiser.secondMoment),
  },
  randomState: Int32Array.from(stored.randomState),
  ...(stored.best && { best: decodeBest(stored.best) }),
  ...(stored.table && { table: decodeTable(stored.table) }),
  ...(stored.float && { float: decodeParameters(stored.float) }),
  // JSON has no NaN: a share that could not be judged is stored as null.
  history: stored.history.map((record) => ({
    ...record,
    ruleSatisfaction: record.ruleSatisfaction ?? Number.NaN,
  })),
});

type StoredParameters = Record<string, string>;
interface StoredCheckpoint {
  readonly format: number;
  readonly fingerprint: string;
  readonly phase: Checkpoint["phase"];
  readonly epoch: number;
  readonly step: number;
  readonly parameters: StoredParameters;
  readonly average: StoredParameters;
  readonly optimiser: {
    readonly step: number;
    readonly firstMoment: StoredParameters;
    readonly secondMoment: StoredParameters;
  };
  readonly randomState: readonly number[];
  readonly best?: {
    readonly loss: number;
    readonly epoch: number;
    readonly parameters: StoredParameters;
    readonly table?: StoredTable;
  };
  readonly table?: StoredTable;
  readonly float?: StoredParameters;
  readonly history: readonly (Omit<EpochRecord, "ruleSatisfaction"> & {
    readonly ruleSatisfaction: number | null;
  })[];
}

interface StoredTable {
  readonly tokens: number;
  readonly cellOf: readonly number[];
}

const encodeTable = ({ cellOf, tokens }: SharedTable): StoredTable => ({
  tokens,
  cellOf: Array.from(cellOf),
});

const decodeTable = ({ cellOf, tokens }: StoredTable): SharedTable =>
  sharedTable(tokens, Int32Array.from(cellOf));

const decodeBest = ({
  parameters,
  table,
  ...rest
}: NonNullable<StoredCheckpoint["best"]>): NonNullable<Checkpoint["best"]> => ({
  ...rest,
  parameters: decodeParameters(parameters),
  ...(table && { table: decodeTable(table) }),
});

const encodeParameters = (parameters: Parameters): StoredParameters =>
  Object.fromEntries(
    parameterNames.map((name) => {
      const array = parameters[name];
      return [name, Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64")];
    }),
  );

const decodeParameters = (stored: StoredParameters): Parameters =>
  mapParameters((name) => {
    const bytes = Uint8Array.from(Buffer.from(stored[name]!, "base64"));
    return new Float32Array(bytes.buffer);
  });
