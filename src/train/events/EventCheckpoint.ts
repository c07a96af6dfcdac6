import {
  arraysOf,
  type EventModelShape,
  type EventParameters,
  initialEventParameters,
} from "../../model/eventModel/EventModel.ts";
import { sharedTable, type SharedTable } from "../../model/sharedTable/SharedTable.ts";
import { random } from "../../series/random.ts";
import type { EventTraining } from "./trainEvents.ts";

/** What one round left. */
export interface RoundRecord {
  readonly phase: "float" | "ternary";
  /** Of its phase, from 1. */
  readonly round: number;
  /** Mean validation losses of a token at its end, in nats: of the token and of the bin of its gap. */
  readonly which: number;
  readonly when: number;
  /** Share of the tokens that stand in another cell of the table than before. */
  readonly moved: number;
  /** Whether a new table was taken back. */
  readonly undone: boolean;
}

/** A model with the table that its codes are of. */
export interface EventWeights {
  readonly parameters: EventParameters;
  readonly table?: SharedTable;
}

/** Everything that training needs to go on as if it had never stopped. */
export interface EventCheckpoint {
  /** Hash over data, rules and settings: a checkpoint of anything else is not continued. */
  readonly fingerprint: string;
  readonly phase: "float" | "ternary" | "done";
  readonly training: EventTraining;
  readonly history: readonly RoundRecord[];
  /** Best weights of the phase so far, by the validation losses together; absent before its first round. */
  readonly best?: EventWeights & { readonly loss: number; readonly round: number };
  /** Result of the float phase once it has ended. */
  readonly float?: EventWeights;
}

const FORMAT = 1;

/** Writes a checkpoint as JSON text; arrays are base64 of their little-endian bytes, so nothing is rounded. */
export const encodeEventCheckpoint = (checkpoint: EventCheckpoint): string => {
  const { best, float, training } = checkpoint;
  return JSON.stringify({
    format: FORMAT,
    ...checkpoint,
    training: {
      ...training,
      ...encodeWeights(training),
      firstMoment: encodeParameters(training.firstMoment),
      secondMoment: encodeParameters(training.secondMoment),
    },
    best: best && { ...best, ...encodeWeights(best) },
    float: float && encodeWeights(float),
  });
};

/**
 * Reads {@link encodeEventCheckpoint}; undefined where the text is not a whole checkpoint of this format for a model of
 * the shape.
 *
 * @param tokens how many a shared table holds
 */
export const decodeEventCheckpoint = (
  text: string,
  shape: EventModelShape,
  tokens: number,
): EventCheckpoint | undefined => {
  try {
    const stored = JSON.parse(text) as StoredCheckpoint | null;
    return stored?.format === FORMAT ? restored(stored, shape, tokens) : undefined;
  } catch {
    // Either no JSON, or parts are missing or of another kind.
    return undefined;
  }
};

interface StoredWeights {
  readonly parameters: readonly string[];
  readonly table?: readonly number[];
}
type StoredCheckpoint = Pick<EventCheckpoint, "fingerprint" | "phase" | "history"> & {
  readonly format: number;
  readonly training: Omit<EventTraining, "parameters" | "table" | "firstMoment" | "secondMoment"> &
    StoredWeights & { readonly firstMoment: readonly string[]; readonly secondMoment: readonly string[] };
  readonly best?: StoredWeights & { readonly loss: number; readonly round: number };
  readonly float?: StoredWeights;
};

const restored = (stored: StoredCheckpoint, shape: EventModelShape, tokens: number): EventCheckpoint => {
  const parametersOf = (texts: readonly string[]): EventParameters => {
    const parameters = initialEventParameters(shape, random(0));
    const arrays = arraysOf(parameters);
    if (texts.length !== arrays.length) throw new RangeError("other arrays");
    arrays.forEach((values, k) => {
      const bytes = Uint8Array.from(Buffer.from(texts[k]!, "base64"));
      const read = new Float32Array(bytes.buffer);
      if (read.length !== values.length) throw new RangeError("another length");
      values.set(read);
    });
    return parameters;
  };
  const weightsOf = ({ parameters, table }: StoredWeights): EventWeights => ({
    parameters: parametersOf(parameters),
    ...(table && { table: sharedTable(tokens, Int32Array.from(table)) }),
  });
  const { best, float, training } = stored;
  const { step, undone, validationLosses } = training;
  return {
    fingerprint: stored.fingerprint,
    phase: stored.phase,
    training: {
      ...weightsOf(training),
      firstMoment: parametersOf(training.firstMoment),
      secondMoment: parametersOf(training.secondMoment),
      step,
      validationLosses,
      undone,
    },
    history: stored.history,
    ...(best && { best: { ...weightsOf(best), loss: best.loss, round: best.round } }),
    ...(float && { float: weightsOf(float) }),
  };
};

const encodeWeights = ({ parameters, table }: EventWeights): StoredWeights => ({
  parameters: encodeParameters(parameters),
  ...(table && { table: Array.from(table.cellOf) }),
});

const encodeParameters = (parameters: EventParameters): readonly string[] =>
  arraysOf(parameters).map((array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64"),
  );
