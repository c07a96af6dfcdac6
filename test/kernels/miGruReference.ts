import type { MiGruSizes } from "../../src/kernels/MiGruCall.ts";

/** The same call in plain numbers; matrices as in `MiGruCall`. */
export interface ReferenceCall {
  readonly sizes: MiGruSizes;
  readonly x: ArrayLike<number>;
  readonly w: ArrayLike<number>;
  readonly u: ArrayLike<number>;
  readonly mi: ArrayLike<number>;
  readonly initialState?: ArrayLike<number>;
}

export interface ReferenceGradients {
  readonly w: Float64Array;
  readonly u: Float64Array;
  readonly mi: Float64Array;
  readonly x: Float64Array;
  readonly initialState: Float64Array;
}

interface GateValues {
  readonly p: number;
  readonly q: number;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;

const add = (values: Float64Array, index: number, amount: number): void => {
  values[index] = at(values, index) + amount;
};

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/**
 * The MI-GRU written from its equations, one number at a time in float64.
 *
 * `carry` says which value is carried on for the raw state at an index of [steps][batch][units]; its gradient is
 * taken as 1, which is the straight-through rule and exact for a constant offset.
 */
export const runMiGruReference = (
  call: ReferenceCall,
  carry: (raw: number, index: number) => number = (raw) => raw,
) => {
  const { batch, steps, inputs, units } = call.sizes;
  const w = (input: number, gate: number, unit: number): number =>
    at(call.w, input * 3 * units + gate * units + unit);
  const u = (from: number, gate: number, unit: number): number =>
    at(call.u, from * 3 * units + gate * units + unit);
  const mi = (kind: number, gate: number, unit: number): number =>
    at(call.mi, kind * 3 * units + gate * units + unit);
  const x = (step: number, row: number, input: number): number =>
    at(call.x, (step * batch + row) * inputs + input);

  const states = new Float64Array(steps * batch * units);
  const state = (step: number, row: number, unit: number): number => {
    if (step >= 0) return at(states, (step * batch + row) * units + unit);
    return call.initialState ? at(call.initialState, row * units + unit) : 0;
  };

  /** p, q and a of one gate for all units, with s the recurrent input of the gate. */
  const preActivation = (step: number, row: number, gate: number, s: readonly number[]) => {
    const values: GateValues[] = [];
    const a: number[] = [];
    for (let unit = 0; unit < units; unit++) {
      let p = 0;
      let q = 0;
      for (let i = 0; i < inputs; i++) p += w(i, gate, unit) * x(step, row, i);
      for (let j = 0; j < units; j++) q += u(j, gate, unit) * at(s, j);
      values.push({ p, q });
      a.push(mi(0, gate, unit) * p * q + mi(1, gate, unit) * q + mi(2, gate, unit) * p + mi(3, gate, unit));
    }
    return { values, a };
  };

  const stepOf = (step: number, row: number) => {
    const h = Array.from({ length: units }, (_, unit) => state(step - 1, row, unit));
    const update = preActivation(step, row, 0, h);
    const reset = preActivation(step, row, 1, h);
    const z = update.a.map(sigmoid);
    const r = reset.a.map(sigmoid);
    const s = h.map((value, unit) => at(r, unit) * value);
    const candidate = preActivation(step, row, 2, s);
    const c = candidate.a.map(Math.tanh);
    const recurrent = [h, h, s];
    return { h, z, r, c, recurrent, gates: [update.values, reset.values, candidate.values] };
  };

  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < batch; row++) {
      const { h, z, c } = stepOf(step, row);
      for (let unit = 0; unit < units; unit++) {
        const index = (step * batch + row) * units + unit;
        states[index] = carry((1 - at(z, unit)) * at(h, unit) + at(z, unit) * at(c, unit), index);
      }
    }
  }

  const backward = (stateGradient: ArrayLike<number>): ReferenceGradients => {
    const gradients = {
      w: new Float64Array(inputs * 3 * units),
      u: new Float64Array(units * 3 * units),
      mi: new Float64Array(12 * units),
      x: new Float64Array(steps * batch * inputs),
      initialState: new Float64Array(batch * units),
    };
    for (let row = 0; row < batch; row++) {
      let dh = Array.from({ length: units }, () => 0);
      for (let step = steps - 1; step >= 0; step--) {
        const { h, z, r, c, recurrent, gates } = stepOf(step, row);
        dh = dh.map((value, unit) => value + at(stateGradient, (step * batch + row) * units + unit));
        const earlier = dh.map((value, unit) => value * (1 - at(z, unit)));

        /** Adds the gradients of one gate from dL/da and returns dL/ds. */
        const gate = (which: number, da: readonly number[]): number[] => {
          const ds = Array.from({ length: units }, () => 0);
          for (let unit = 0; unit < units; unit++) {
            const { p, q } = gates[which]?.[unit] ?? { p: Number.NaN, q: Number.NaN };
            const d = at(da, unit);
            const column = which * units + unit;
            add(gradients.mi, column, d * p * q);
            add(gradients.mi, 3 * units + column, d * q);
            add(gradients.mi, 6 * units + column, d * p);
            add(gradients.mi, 9 * units + column, d);
            const dp = d * (mi(0, which, unit) * q + mi(2, which, unit));
            const dq = d * (mi(0, which, unit) * p + mi(1, which, unit));
            for (let i = 0; i < inputs; i++) {
              add(gradients.w, i * 3 * units + column, dp * x(step, row, i));
              add(gradients.x, (step * batch + row) * inputs + i, dp * w(i, which, unit));
            }
            for (let j = 0; j < units; j++) {
              add(gradients.u, j * 3 * units + column, dq * at(recurrent[which] ?? [], j));
              ds[j] = at(ds, j) + dq * u(j, which, unit);
            }
          }
          return ds;
        };

        const throughReset = gate(
          2,
          dh.map((value, unit) => value * at(z, unit) * (1 - at(c, unit) ** 2)),
        );
        const throughUpdate = gate(
          0,
          dh.map((value, unit) => value * (at(c, unit) - at(h, unit)) * at(z, unit) * (1 - at(z, unit))),
        );
        const throughGate = gate(
          1,
          throughReset.map((value, unit) => value * at(h, unit) * at(r, unit) * (1 - at(r, unit))),
        );
        dh = earlier.map(
          (value, unit) =>
            value + at(throughReset, unit) * at(r, unit) + at(throughUpdate, unit) + at(throughGate, unit),
        );
      }
      gradients.initialState.set(dh, row * units);
    }
    return gradients;
  };

  return { states, backward };
};
