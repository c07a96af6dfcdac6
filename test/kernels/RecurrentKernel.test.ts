import { assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cell, StateQuantiser } from "../../src/kernels/RecurrentCall.ts";
import { createRecurrentKernel } from "../../src/kernels/RecurrentKernel.ts";
import { randomRecurrentCall } from "./randomRecurrentCall.ts";
import { runRecurrentReference } from "./recurrentReference.ts";

const kernel = createRecurrentKernel();
/** No tape fits: every chunk is run again in the reverse pass. */
const forgetfulKernel = createRecurrentKernel({ tapeBytes: 1 });
const cells: readonly Cell[] = ["rnn", "lstm", "gru"];
const quantisers: readonly StateQuantiser[] = ["none", "int8", "ternary", "uniform"];

const sizesOf = (batch: number, steps: number, inputs: number, units: number) => ({
  batch,
  steps,
  inputs,
  units,
});

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/**
 * Relative L2 distance below 1e-5, and no element off by more than 2e-5 of the largest: a single element's error
 * is the rounding of a sum whose terms may be as large as the tensor's largest element and cancel.
 */
const expectClose = (name: string, actual: Float32Array, expected: Float64Array): void => {
  let difference = 0;
  let norm = 0;
  let worst = 0;
  let largest = 0;
  expect(actual.length, name).toBe(expected.length);
  expected.forEach((value, index) => {
    const error = Math.abs((actual[index] ?? Number.NaN) - value);
    difference += error * error;
    norm += value * value;
    worst = error <= worst ? worst : error;
    largest = Math.max(largest, Math.abs(value));
  });
  expect(Math.sqrt(difference), `${name}: L2 distance`).toBeLessThanOrEqual(1e-5 * Math.sqrt(norm));
  expect(worst, `${name}: largest distance of an element`).toBeLessThanOrEqual(2e-5 * largest);
};

/** The reference follows the kernel's rounded states, each held to be a right rounding of the raw state. */
const carryOf =
  (quantiser: StateQuantiser, states: Float32Array) =>
  (raw: number, index: number): number => {
    if (quantiser === "none") return raw;
    if (quantiser === "uniform") {
      // -1, -1/3, 1/3, 1, a third of two apart.
      const state = states[index] ?? Number.NaN;
      const level = Math.round((state + 1) * 1.5);
      if (Math.abs(state - (level / 1.5 - 1)) > 1e-6 || Math.abs(raw - state) > 1 / 3 + 1e-5) {
        throw new Error(`state ${index} is ${state}, which is not the nearest level to ${raw}`);
      }
      return state;
    }
    const levels = quantiser === "int8" ? 127 : 1;
    const state = states[index] ?? Number.NaN;
    const code = Math.round(state * levels);
    const clipped = quantiser === "ternary" ? Math.max(-1, Math.min(1, raw)) : raw;
    if (Math.fround(code / levels) !== state || Math.abs(clipped * levels - code) > 0.5 + levels * 1e-5) {
      throw new Error(`state ${index} is ${state}, which is no ${quantiser} rounding of ${raw}`);
    }
    return state;
  };

const compare = (
  from: ReturnType<typeof randomRecurrentCall> & { readonly slope?: number },
  stateQuantiser: StateQuantiser,
  which = kernel,
): void => {
  const { stateGradient, ...arrays } = from;
  const { states, tape } = which.record({ ...arrays, stateQuantiser });
  const actual = tape.backward(stateGradient, true);
  tape.release();
  const reference = runRecurrentReference(arrays, carryOf(stateQuantiser, states));
  const expected = reference.backward(stateGradient);
  expectClose("states", states, reference.states);
  for (const name of ["w", "u", "mi", "initialState"] as const) {
    expectClose(name, actual[name], expected[name]);
  }
  expectClose("x", actual.x ?? new Float32Array(), expected.x);
};

describe("against the float64 reference, states and all gradients", () => {
  const shapes = [
    [1, 1, 1, 1],
    [2, 3, 1, 2],
    [3, 5, 7, 9],
    [4, 6, 8, 8],
    [5, 4, 3, 8],
    [1, 7, 5, 16],
    [33, 3, 4, 5],
    [70, 2, 9, 12],
    [6, 70, 3, 4],
    [32, 24, 16, 24],
    [37, 5, 45, 32],
  ] as const;
  const cases = cells.flatMap((cell) =>
    shapes.flatMap(([batch, steps, inputs, units]) =>
      quantisers.map((quantiser) => ({ cell, batch, steps, inputs, units, quantiser })),
    ),
  );
  it.each(cases)(
    "$cell, batch $batch, steps $steps, inputs $inputs, units $units, state $quantiser",
    ({ batch, cell, inputs, quantiser, steps, units }) =>
      compare(randomRecurrentCall(sizesOf(batch, steps, inputs, units), 7, cell), quantiser),
  );

  it.each(cells.flatMap((cell) => [0.5, 1.5, 3].map((slope) => [cell, slope] as const)))(
    "%s with the slope %f",
    (cell, slope) => compare({ ...randomRecurrentCall(sizesOf(6, 7, 5, 9), 21, cell), slope }, "none"),
  );

  it.each(cells)("%s without multiplicative integration: alpha 0, beta 1", (cell) => {
    const call = randomRecurrentCall(sizesOf(5, 6, 4, 7), 22, cell);
    const columns = call.mi.length / 4;
    const mi = call.mi.map((value, k) => (k < columns ? 0 : k < 3 * columns ? 1 : value));
    compare({ ...call, mi }, "none");
  });

  it.each(cells.flatMap((cell) => quantisers.map((quantiser) => [cell, quantiser] as const)))(
    "%s with chunks run again because the tape does not fit, state %s",
    (cell, quantiser) =>
      compare(randomRecurrentCall(sizesOf(11, 9, 6, 10), 8, cell), quantiser, forgetfulKernel),
  );

  it("any small shape", () => {
    const size = integer({ min: 1, max: 13 });
    assert(
      property(
        size, size, size, size, constantFrom(...quantisers), constantFrom(...cells),
        (b, t, i, h, quantiser, cell) => compare(randomRecurrentCall(sizesOf(b, t, i, h), 9, cell), quantiser),
      ), // prettier-ignore
      { seed: 20, numRuns: 60 },
    );
  });
});

/** Codes, in 127ths, of half the given states: with all weights zero z is 1/2 and c is 0. */
const halved = (initial: readonly number[], stateQuantiser: StateQuantiser): readonly number[] => {
  const units = initial.length;
  const states = kernel.forward({
    cell: "gru",
    sizes: sizesOf(1, 1, 1, units),
    x: Float32Array.of(1),
    w: new Float32Array(3 * units),
    u: new Float32Array(3 * units * units),
    mi: new Float32Array(12 * units),
    initialState: Float32Array.from(initial),
    stateQuantiser,
  });
  return Array.from(states, (state) => Math.round(state * 127) + 0);
};

describe("conventions", () => {
  // Only biases and U of the candidate: z = (3/4, 1/2), r = (1/2, 3/4), r h = (1/2, 3/8), U (r h) = (1/2, 1/4).
  const ln3 = Math.log(3);
  const call = {
    cell: "gru" as const,
    sizes: sizesOf(1, 1, 1, 2),
    x: Float32Array.of(0),
    w: new Float32Array(6),
    u: Float32Array.of(0, 0, 0, 0, 0.4, 0.8, 0, 0, 0, 0, 0.8, -0.4),
    mi: Float32Array.of(...Array(6).fill(0), ...Array(12).fill(1), ln3, 0, 0, ln3, 0, 0),
    initialState: Float32Array.of(1, 0.5),
  };

  it("the reset gate acts before U, and z weighs the candidate", () => {
    const [first, second] = kernel.forward({ ...call, stateQuantiser: "none" });
    // 1/4 + 3/4 tanh(1/2) and 1/4 + 1/2 tanh(1/4)
    expect(first).toBeCloseTo(0.596587868, 6);
    expect(second).toBeCloseTo(0.3724593312, 6);
  });

  it("int8 rounds the state to multiples of 1/127", () => {
    const states = kernel.forward({ ...call, stateQuantiser: "int8" });
    expect([...states]).toEqual([Math.fround(76 / 127), Math.fround(47 / 127)]);
  });

  it("ternary takes the sign beyond a half, and carries it on", () => {
    const twice = { ...call, sizes: sizesOf(1, 2, 1, 2), x: new Float32Array(2) };
    const states = kernel.forward({ ...twice, stateQuantiser: "ternary" });
    expect([...states.subarray(0, 2)]).toEqual([1, 0]);
    const second = { ...call, initialState: Float32Array.of(1, 0), stateQuantiser: "ternary" as const };
    expect(bytesOf(states.subarray(2))).toEqual(bytesOf(kernel.forward(second)));
  });

  it("ties: a half becomes 0 in ternary, and int8 takes the even code", () => {
    expect(halved([1, -1, 1.01, -1.01, 6], "ternary")).toEqual([0, 0, 127, -127, 127]);
    // The float32 states nearest to 1/127, 3/127 and 5/127, halved and scaled, fall on a tie exactly.
    expect(halved([1 / 127, 3 / 127, 5 / 127, -3 / 127], "int8")).toEqual([0, 2, 2, -2]);
  });
});

describe("steps that are not read", () => {
  it.each(cells.flatMap((cell) => [5, 70].map((batch) => [cell, batch] as const)))(
    "%s, batch %i: leave the states after them and the gradients as they are, their own gradient being zero",
    (cell, batch) => {
      const { stateGradient, ...call } = randomRecurrentCall(sizesOf(batch, 9, 3, 7), 40, cell);
      const unread = 4 * batch * 7;
      const whole = kernel.record({ ...call, stateQuantiser: "int8" });
      const part = kernel.record({ ...call, stateQuantiser: "int8", readFrom: 4 });
      expect(bytesOf(part.states)).toEqual(bytesOf(whole.states.subarray(unread)));
      expect(part.tape.backward(stateGradient.slice(unread), true)).toEqual(
        whole.tape.backward(stateGradient.fill(0, 0, unread), true),
      );
      expect(bytesOf(kernel.forward({ ...call, stateQuantiser: "int8", readFrom: 4 }))).toEqual(
        bytesOf(part.states),
      );
    },
  );

  it("are skipped across the tiles of a long run", () => {
    const { stateGradient: _, ...call } = randomRecurrentCall(sizesOf(3, 150, 2, 5), 41);
    const states = kernel.forward({ ...call, stateQuantiser: "none" });
    for (const readFrom of [63, 64, 65, 149]) {
      expect(bytesOf(kernel.forward({ ...call, stateQuantiser: "none", readFrom }))).toEqual(
        bytesOf(states.subarray(readFrom * 15)),
      );
    }
    expect(() => kernel.forward({ ...call, stateQuantiser: "none", readFrom: 150 })).toThrow(
      "readFrom is 150: give a whole number below the 150 steps",
    );
  });
});

describe("chance in the ternary state", () => {
  const noisy = (share: number, seed: number, cell: Cell = "gru") => {
    const { stateGradient: _, ...arrays } = randomRecurrentCall(sizesOf(37, 3, 4, 11), 30, cell);
    return { ...arrays, stateQuantiser: "ternary" as const, stateNoise: { share, seed } };
  };

  it("at share 1 gives the sign with probability |h|: on average the state itself", () => {
    // Weights of zero halve the initial state, once.
    const units = 64;
    const batch = 512;
    const call = {
      cell: "gru" as const,
      sizes: sizesOf(batch, 1, 1, units),
      x: new Float32Array(batch),
      w: new Float32Array(3 * units),
      u: new Float32Array(3 * units * units),
      mi: new Float32Array(12 * units),
      initialState: Float32Array.from(
        { length: batch * units },
        (_, k) => 2 * ((k % units) / (units - 1)) - 1,
      ),
      stateQuantiser: "ternary" as const,
    };
    const states = kernel.forward({ ...call, stateNoise: { share: 1, seed: 5 } });
    for (let unit = 0; unit < units; unit++) {
      const h = (call.initialState[unit] as number) / 2;
      let mean = 0;
      for (let row = 0; row < batch; row++) mean += (states[row * units + unit] as number) / batch;
      // Five deviations of a mean of 512 draws with variance |h| (1 - |h|).
      expect(Math.abs(mean - h)).toBeLessThan(
        5 * Math.sqrt((Math.abs(h) * (1 - Math.abs(h))) / batch) + 1e-9,
      );
    }
    // Between, certain below half the share's spread: |h| <= 1/4 never comes through at share 1/2.
    const annealed = kernel.forward({ ...call, stateNoise: { share: 0.5, seed: 5 } });
    annealed.forEach((state, k) => {
      if (Math.abs(call.initialState[k] as number) / 2 < 0.25) expect(state).toBe(0);
    });
  });

  it.each(cells)(
    "%s: gives the same states for a seed however the batch is cut, others for another",
    (cell) => {
      const call = noisy(1, 7, cell);
      const states = kernel.forward(call);
      const { states: recorded, tape } = forgetfulKernel.record(call);
      tape.release();
      expect(bytesOf(recorded)).toEqual(bytesOf(states));
      expect(bytesOf(kernel.forward(noisy(1, 8, cell)))).not.toEqual(bytesOf(states));
      expect(states.every((state) => state === 0 || Math.abs(state) === 1)).toBe(true);
    },
  );

  it("at share 0 is the ternary state as it stands", () => {
    const { stateNoise: _, ...call } = noisy(0, 1);
    expect(bytesOf(kernel.forward(noisy(0, 1)))).toEqual(bytesOf(kernel.forward(call)));
  });

  it.each(cells)("%s: passes the gradient straight through the states that came", (cell) => {
    const { stateGradient, ...arrays } = randomRecurrentCall(sizesOf(9, 5, 4, 6), 31, cell);
    const call = { ...arrays, stateQuantiser: "ternary" as const, stateNoise: { share: 1, seed: 3 } };
    const { states, tape } = kernel.record(call);
    const actual = tape.backward(stateGradient, true);
    tape.release();
    const expected = runRecurrentReference(arrays, (_raw, index) => states[index] as number).backward(
      stateGradient,
    );
    for (const name of ["w", "u", "mi", "initialState"] as const) {
      expectClose(name, actual[name], expected[name]);
    }
  });

  it("keeps a NaN", () => {
    const call = noisy(1, 2);
    const states = kernel.forward({ ...call, x: call.x.with(0, Number.NaN) });
    expect(states.subarray(0, 11).every(Number.isNaN)).toBe(true);
  });

  it("is refused with another quantiser, out of range, or without a whole seed", () => {
    const call = noisy(1, 2);
    expect(() => kernel.forward({ ...call, stateQuantiser: "int8" })).toThrow(
      "the state int8 takes no noise",
    );
    expect(() => kernel.forward({ ...call, stateNoise: { share: 2, seed: 0.5 } })).toThrow(
      /the share of noise is 2.*the seed is 0\.5/,
    );
    expect(() => kernel.forward({ ...call, slope: 0 })).toThrow("slope is 0");
  });
});

const bytesOfRun = ({
  stateGradient,
  ...arrays
}: ReturnType<typeof randomRecurrentCall>): readonly Buffer[] => {
  const { states, tape } = kernel.record({ ...arrays, stateQuantiser: "none" });
  const { w, u, mi, x = states, initialState } = tape.backward(stateGradient, true);
  tape.release();
  return [states, w, u, mi, x, initialState].map(bytesOf);
};

describe("padding and order", () => {
  const random = randomRecurrentCall(sizesOf(41, 67, 5, 7), 3);
  const { stateGradient, ...arrays } = random;
  const call = { ...arrays, stateQuantiser: "none" as const };
  const { units, inputs, steps } = call.sizes;

  it("gives the same bytes for the same call, whatever ran before", () => {
    const first = bytesOfRun(random);
    compare(randomRecurrentCall(sizesOf(9, 3, 20, 30), 4), "none");
    expect(bytesOfRun(random)).toEqual(first);
  });

  it("gives the same states with a tape, without one, and with a tape that does not fit", () => {
    const expected = bytesOf(kernel.forward(call));
    for (const which of [kernel, forgetfulKernel]) {
      const { states, tape } = which.record(call);
      tape.release();
      expect(bytesOf(states)).toEqual(expected);
    }
  });

  it("a row of the batch run alone gives the same bytes as among others", () => {
    const together = kernel.forward(call);
    for (const row of [0, 20, 40]) {
      const x = new Float32Array(steps * inputs);
      const expected = new Float32Array(steps * units);
      for (let step = 0; step < steps; step++) {
        const from = step * 41 + row;
        x.set(call.x.subarray(from * inputs, (from + 1) * inputs), step * inputs);
        expected.set(together.subarray(from * units, (from + 1) * units), step * units);
      }
      const initialState = call.initialState.slice(row * units, (row + 1) * units);
      const alone = kernel.forward({ ...call, sizes: { ...call.sizes, batch: 1 }, x, initialState });
      expect(bytesOf(alone)).toEqual(bytesOf(expected));
    }
  });

  it("keeps two tapes alive at once, and each may be reversed twice", () => {
    const other = randomRecurrentCall(sizesOf(3, 4, 2, 5), 5);
    const first = kernel.record(call);
    const second = kernel.record({ ...other, stateQuantiser: "none" });
    const w = first.tape.backward(stateGradient, false).w;
    second.tape.backward(other.stateGradient, true);
    expect(bytesOf(first.tape.backward(stateGradient, true).w)).toEqual(bytesOf(w));
    first.tape.release();
    second.tape.release();
  });

  it("starts from zero when no initial state is given", () => {
    const { initialState, ...without } = call;
    const zeros = new Float32Array(initialState.length);
    expect(bytesOf(kernel.forward(without))).toEqual(
      bytesOf(kernel.forward({ ...call, initialState: zeros })),
    );
  });
});

describe("NaN and infinity", () => {
  const sizes = sizesOf(6, 4, 3, 5);
  const { stateGradient, ...arrays } = randomRecurrentCall(sizes, 6);

  it.each(quantisers)(
    "a NaN reading makes that row's later states NaN, and no other, state %s",
    (quantiser) => {
      const x = arrays.x.slice();
      x[(1 * 6 + 2) * 3 + 1] = Number.NaN;
      const clean = kernel.forward({ ...arrays, stateQuantiser: quantiser });
      const { states, tape } = kernel.record({ ...arrays, x, stateQuantiser: quantiser });
      clean.forEach((value, index) => {
        const row = Math.floor(index / 5) % 6;
        const isHit = row === 2 && index >= 6 * 5;
        expect(states[index], `value ${index}`).toBe(isHit ? Number.NaN : value);
      });
      const gradients = tape.backward(stateGradient, true);
      tape.release();
      expect(gradients.w.every(Number.isNaN)).toBe(true);
      expect(gradients.mi.every(Number.isNaN)).toBe(true);
    },
  );

  it("a NaN in a later gradient reaches the weights", () => {
    const { tape } = kernel.record({ ...arrays, stateQuantiser: "none" });
    const { w } = tape.backward(stateGradient.with(stateGradient.length - 1, Number.NaN), false);
    tape.release();
    expect(w.some(Number.isNaN)).toBe(true);
  });

  it("an infinite reading gives NaN exactly where the equations do", () => {
    const x = arrays.x.with(0, Number.POSITIVE_INFINITY);
    const mi = arrays.mi.map((value, index) => (index < 15 ? Math.abs(value) : value));
    const states = kernel.forward({ ...arrays, x, mi, stateQuantiser: "none" });
    const expected = runRecurrentReference({ ...arrays, x, mi }).states;
    expect([...states].map(Number.isNaN)).toEqual([...expected].map(Number.isNaN));
  });
});

describe("faulty calls", () => {
  const { stateGradient, ...arrays } = randomRecurrentCall(sizesOf(2, 2, 2, 2), 10);
  const call = { ...arrays, stateQuantiser: "none" as const };

  it("names every array that does not fit", () => {
    const faulty = { ...call, x: new Float32Array(7), mi: new Float32Array(3) };
    expect(() => kernel.forward(faulty)).toThrow(
      "recurrent kernel: x has 7 values: [2][2][2] needs 8; mi has 3 values: [4][6] needs 24",
    );
  });

  it("names sizes that are no whole number of at least 1", () => {
    const sizes = sizesOf(0, 1.5, 2, 2);
    expect(() => kernel.record({ ...call, sizes })).toThrow(/batch is 0.*steps is 1\.5/);
  });

  it("refuses a gradient of the wrong length and a released tape", () => {
    const { tape } = kernel.record(call);
    expect(() => tape.backward(new Float32Array(3), false)).toThrow("the gradient has 3 values");
    tape.release();
    tape.release();
    expect(() => tape.backward(stateGradient, false)).toThrow("released");
  });
});
