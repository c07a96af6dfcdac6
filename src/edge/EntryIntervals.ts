/** An interval of every forecast entry, narrowed step by step, with two ways back: to the last mark, and to the root. */
export interface EntryIntervals {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Starts anew with the bounds of some variables, and sets the mark. */
  readonly start: (variables: Int32Array, minimum: Int32Array, maximum: Int32Array) => void;
  readonly narrow: (variable: number, low: number, high: number) => void;
  readonly mark: () => void;
  /** Takes back what was narrowed since the mark. */
  readonly undo: () => void;
  /** Keeps the intervals of some variables as the root. */
  readonly setRoot: (variables: Int32Array) => void;
  /** Goes back to the root, and sets the mark there. */
  readonly backToRoot: (variables: Int32Array) => void;
}

/** @param variables entries of a forecast; each is kept at most once between two marks, so that nothing grows */
export const createEntryIntervals = (variables: number): EntryIntervals => {
  const low = new Int32Array(variables);
  const high = new Int32Array(variables);
  const rootLow = new Int32Array(variables);
  const rootHigh = new Int32Array(variables);
  const keptVariable = new Int32Array(variables);
  const keptLow = new Int32Array(variables);
  const keptHigh = new Int32Array(variables);
  const isKept = new Uint8Array(variables);
  let size = 0;
  const mark = (): void => {
    while (size > 0) isKept[keptVariable[--size]!] = 0;
  };
  return {
    low,
    high,
    start: (which, minimum, maximum) => {
      mark();
      for (const variable of which) {
        low[variable] = minimum[variable]!;
        high[variable] = maximum[variable]!;
      }
    },
    narrow: (variable, newLow, newHigh) => {
      if (isKept[variable] === 0) {
        isKept[variable] = 1;
        keptVariable[size] = variable;
        keptLow[size] = low[variable]!;
        keptHigh[size++] = high[variable]!;
      }
      low[variable] = newLow;
      high[variable] = newHigh;
    },
    mark,
    undo: () => {
      while (size > 0) {
        const variable = keptVariable[--size]!;
        low[variable] = keptLow[size]!;
        high[variable] = keptHigh[size]!;
        isKept[variable] = 0;
      }
    },
    setRoot: (which) => {
      for (const variable of which) {
        rootLow[variable] = low[variable]!;
        rootHigh[variable] = high[variable]!;
      }
    },
    backToRoot: (which) => {
      mark();
      for (const variable of which) {
        low[variable] = rootLow[variable]!;
        high[variable] = rootHigh[variable]!;
      }
    },
  };
};
