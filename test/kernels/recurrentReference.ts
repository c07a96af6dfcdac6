import { type Cell, gatesOf, type RecurrentSizes } from "../../src/kernels/RecurrentCall.ts";

/** The same call in plain numbers; matrices as in `RecurrentCall`. */
export interface ReferenceCall {
  readonly cell: Cell;
  readonly sizes: RecurrentSizes;
  readonly x: ArrayLike<number>;
  readonly w: ArrayLike<number>;
  readonly u: ArrayLike<number>;
  readonly mi: ArrayLike<number>;
  readonly slope?: number;
  readonly initialState?: ArrayLike<number>;
}

export interface ReferenceGradients {
  readonly w: Float64Array;
  readonly u: Float64Array;
  readonly mi: Float64Array;
  readonly x: Float64Array;
  readonly initialState: Float64Array;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;

const add = (values: Float64Array, index: number, amount: number): void => {
  values[index] = at(values, index) + amount;
};

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** One gate of one row at one step: its recurrent input s, the products and the activated value of every unit. */
interface Gate {
  readonly s: readonly number[];
  readonly p: readonly number[];
  readonly q: readonly number[];
  readonly value: readonly number[];
  /** d value / d a of every unit. */
  readonly slope: readonly number[];
}

/** What a cell makes of a step: its gates, the new state before it is quantised, the new cell of the LSTM. */
interface Step {
  readonly gates: readonly Gate[];
  readonly state: readonly number[];
  readonly cell: readonly number[];
}

/**
 * A recurrent cell written from its equations, one number at a time in float64.
 *
 * `carry` says which value is carried on for the raw state at an index of [steps][batch][units]; its gradient is
 * taken as 1, which is the straight-through rule and exact for a constant offset.
 */
export const runRecurrentReference = (
  call: ReferenceCall,
  carry: (raw: number, index: number) => number = (raw) => raw,
) => {
  const { cell, slope = 1 } = call;
  const { batch, steps, inputs, units } = call.sizes;
  const columns = gatesOf[cell] * units;
  const everyUnit = <T>(of: (unit: number) => T): T[] => Array.from({ length: units }, (_, unit) => of(unit));
  const x = (step: number, row: number, input: number): number =>
    at(call.x, (step * batch + row) * inputs + input);

  const gate = (
    step: number,
    row: number,
    which: number,
    s: readonly number[],
    kind: "sigmoid" | "tanh",
  ): Gate => {
    const column = (unit: number): number => which * units + unit;
    const p = everyUnit((unit) => {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += at(call.w, i * columns + column(unit)) * x(step, row, i);
      return sum;
    });
    const q = everyUnit((unit) => {
      let sum = 0;
      for (let j = 0; j < units; j++) sum += at(call.u, j * columns + column(unit)) * at(s, j);
      return sum;
    });
    const mi = (kindOfVector: number, unit: number): number =>
      at(call.mi, kindOfVector * columns + column(unit));
    const a = everyUnit(
      (unit) =>
        mi(0, unit) * at(p, unit) * at(q, unit) +
        mi(1, unit) * at(q, unit) +
        mi(2, unit) * at(p, unit) +
        mi(3, unit),
    );
    const value = a.map((each) => (kind === "sigmoid" ? sigmoid(slope * each) : Math.tanh(slope * each)));
    const derivative = value.map((each) => slope * (kind === "sigmoid" ? each * (1 - each) : 1 - each ** 2));
    return { s, p, q, value, slope: derivative };
  };

  const stepOf = (step: number, row: number, h: readonly number[], c: readonly number[]): Step => {
    const value = (gates: readonly Gate[], which: number, unit: number): number =>
      at(gates[which]?.value ?? [], unit);
    switch (cell) {
      case "rnn": {
        const gates = [gate(step, row, 0, h, "tanh")];
        return { gates, state: everyUnit((unit) => value(gates, 0, unit)), cell: c };
      }
      case "lstm": {
        const gates = [0, 1, 2, 3].map((which) =>
          gate(step, row, which, h, which === 3 ? "tanh" : "sigmoid"),
        );
        const next = everyUnit(
          (unit) => value(gates, 1, unit) * at(c, unit) + value(gates, 0, unit) * value(gates, 3, unit),
        );
        return {
          gates,
          state: everyUnit((unit) => value(gates, 2, unit) * Math.tanh(slope * at(next, unit))),
          cell: next,
        };
      }
      case "gru": {
        const [z, r] = [gate(step, row, 0, h, "sigmoid"), gate(step, row, 1, h, "sigmoid")];
        const candidate = gate(
          step,
          row,
          2,
          everyUnit((unit) => at(r.value, unit) * at(h, unit)),
          "tanh",
        );
        const state = everyUnit(
          (unit) => (1 - at(z.value, unit)) * at(h, unit) + at(z.value, unit) * at(candidate.value, unit),
        );
        return { gates: [z, r, candidate], state, cell: c };
      }
    }
  };

  /** Every step of one row, from its initial state on; `states` receives what is carried on. */
  const runRow = (
    row: number,
    states: Float64Array,
  ): { h: readonly number[]; c: readonly number[]; made: Step }[] => {
    let h = everyUnit((unit) => (call.initialState ? at(call.initialState, row * units + unit) : 0));
    let c = everyUnit(() => 0);
    return Array.from({ length: steps }, (_, step) => {
      const before = { h, c };
      const made = stepOf(step, row, h, c);
      h = made.state.map((raw, unit) => {
        const index = (step * batch + row) * units + unit;
        states[index] = carry(raw, index);
        return at(states, index);
      });
      c = [...made.cell];
      return { ...before, made };
    });
  };

  const states = new Float64Array(steps * batch * units);
  const rows = Array.from({ length: batch }, (_, row) => runRow(row, states));

  const backward = (stateGradient: ArrayLike<number>): ReferenceGradients => {
    const gradients = {
      w: new Float64Array(inputs * columns),
      u: new Float64Array(units * columns),
      mi: new Float64Array(4 * columns),
      x: new Float64Array(steps * batch * inputs),
      initialState: new Float64Array(batch * units),
    };
    rows.forEach((run, row) => {
      let dh = everyUnit(() => 0);
      let dc = everyUnit(() => 0);
      for (let step = steps - 1; step >= 0; step--) {
        const { c, h, made } = run[step]!;
        dh = dh.map((value, unit) => value + at(stateGradient, (step * batch + row) * units + unit));
        const value = (which: number, unit: number): number => at(made.gates[which]?.value ?? [], unit);

        /** Adds the gradients of one gate from dL/d value and returns dL/ds. */
        const through = (which: number, dValue: (unit: number) => number): number[] => {
          const { p, q, s, slope: derivative } = made.gates[which]!;
          const ds = everyUnit(() => 0);
          for (let unit = 0; unit < units; unit++) {
            const d = dValue(unit) * at(derivative, unit);
            const column = which * units + unit;
            const mi = (kind: number): number => at(call.mi, kind * columns + column);
            add(gradients.mi, column, d * at(p, unit) * at(q, unit));
            add(gradients.mi, columns + column, d * at(q, unit));
            add(gradients.mi, 2 * columns + column, d * at(p, unit));
            add(gradients.mi, 3 * columns + column, d);
            const dp = d * (mi(0) * at(q, unit) + mi(2));
            const dq = d * (mi(0) * at(p, unit) + mi(1));
            for (let i = 0; i < inputs; i++) {
              add(gradients.w, i * columns + column, dp * x(step, row, i));
              add(gradients.x, (step * batch + row) * inputs + i, dp * at(call.w, i * columns + column));
            }
            for (let j = 0; j < units; j++) {
              add(gradients.u, j * columns + column, dq * at(s, j));
              ds[j] = at(ds, j) + dq * at(call.u, j * columns + column);
            }
          }
          return ds;
        };
        const together = (...parts: readonly (readonly number[])[]): number[] =>
          everyUnit((unit) => parts.reduce((sum, part) => sum + at(part, unit), 0));

        if (cell === "rnn") dh = through(0, (unit) => at(dh, unit));
        else if (cell === "lstm") {
          const squashed = made.cell.map((each) => Math.tanh(slope * each));
          const cellGradient = everyUnit(
            (unit) => at(dc, unit) + at(dh, unit) * value(2, unit) * slope * (1 - at(squashed, unit) ** 2),
          );
          const parts = [
            through(0, (unit) => at(cellGradient, unit) * value(3, unit)),
            through(1, (unit) => at(cellGradient, unit) * at(c, unit)),
            through(2, (unit) => at(dh, unit) * at(squashed, unit)),
            through(3, (unit) => at(cellGradient, unit) * value(0, unit)),
          ];
          dh = together(...parts);
          dc = cellGradient.map((each, unit) => each * value(1, unit));
        } else {
          const throughReset = through(2, (unit) => at(dh, unit) * value(0, unit));
          const throughUpdate = through(0, (unit) => at(dh, unit) * (value(2, unit) - at(h, unit)));
          const throughGate = through(1, (unit) => at(throughReset, unit) * at(h, unit));
          dh = together(
            dh.map((each, unit) => each * (1 - value(0, unit))),
            throughReset.map((each, unit) => each * value(1, unit)),
            throughUpdate,
            throughGate,
          );
        }
      }
      gradients.initialState.set(dh, row * units);
    });
    return gradients;
  };

  return { states, backward };
};
