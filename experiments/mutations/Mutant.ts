import type { Artefact } from "../../src/edge/Artefact.ts";
import type { CompiledRule } from "../../src/edge/CompiledRule.ts";
import type {
  IntegerGates,
  IntegerHead,
  IntegerLayer,
  IntegerModel,
  IntegerReadout,
  IntegerWeights,
} from "../../src/edge/IntegerModel.ts";
import { type Random, random } from "../../src/series/random.ts";

/** What is changed in a mutant of an artefact. */
export const MUTANT_KINDS = [
  "weight: one code flipped",
  "rule: one leaf's constant loosened",
  "rule: all constants of one rule loosened",
  "rule: one margin lowered",
  "rounding: one entry of a table by one",
  "rounding: one multiplier or bias by one",
  "rounding: one shift by one",
  "rounding: one clamp of a readout by one quantum",
] as const;
export type MutantKind = (typeof MUTANT_KINDS)[number];

/** An artefact with one thing changed. */
export interface Mutant {
  readonly kind: MutantKind;
  /** What was changed, in words. */
  readonly what: string;
  readonly model: IntegerModel;
  readonly rules: readonly CompiledRule[];
}

/** By how much rules are loosened: one unit of their integers, or a share of the constant. */
const LOOSENINGS = ["one unit", 0.01, 0.1, 0.5] as const;

/** Draws from a seed, so that mutants can be made again. */
class Draw {
  readonly #random: Random;

  constructor(seed: number, stream: number) {
    this.#random = random(seed, stream);
  }

  below(count: number): number {
    return Math.floor(this.#random.uniform() * count);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  sign(): number {
    return this.below(2) === 0 ? -1 : 1;
  }
}

/** A copy with one entry replaced. */
const withEntry = <A extends { slice: () => A; [index: number]: number }>(
  values: A,
  index: number,
  value: number,
): A => {
  const copy = values.slice();
  copy[index] = value;
  return copy;
};

/** `count` mutants of one kind; the same for the same seed. */
export const mutantsOf = (
  artefact: Pick<Artefact, "model" | "rules">,
  kind: MutantKind,
  count: number,
  seed: number,
): Mutant[] => {
  const draw = new Draw(seed, MUTANT_KINDS.indexOf(kind));
  const { model, rules } = artefact;
  return Array.from({ length: count }, (): Mutant => {
    switch (kind) {
      case "weight: one code flipped":
        return { kind, rules, ...flippedCode(model, draw) };
      case "rule: one leaf's constant loosened":
      case "rule: all constants of one rule loosened":
      case "rule: one margin lowered":
        return { kind, model, ...loosenedRule(rules, kind, draw) };
      case "rounding: one entry of a table by one":
        return { kind, rules, ...changedTable(model, draw) };
      case "rounding: one multiplier or bias by one":
        return { kind, rules, ...changedFactor(model, draw) };
      case "rounding: one shift by one":
        return { kind, rules, ...changedShift(model, draw) };
      case "rounding: one clamp of a readout by one quantum":
        return { kind, rules, ...changedClamp(model, draw) };
    }
  });
};

type ChangedModel = Pick<Mutant, "what" | "model">;

/** A cell of the model, and how to put a changed one in its place. */
const drawCell = (model: IntegerModel, draw: Draw) => {
  const place = draw.below(1 + model.upper.length);
  const cell: IntegerWeights = place === 0 ? model : model.upper[place - 1]!;
  const withCell = (changed: Partial<IntegerWeights>): IntegerModel =>
    place === 0
      ? { ...model, ...changed }
      : { ...model, upper: model.upper.with(place - 1, { ...cell, ...changed }) };
  return { cell, name: `cell ${place}`, withCell };
};

const flippedCode = (model: IntegerModel, draw: Draw): ChangedModel => {
  const { cell, name, withCell } = drawCell(model, draw);
  const matrix = draw.of(["inputCodes", "stateCodes"] as const);
  const index = draw.below(cell[matrix].length);
  const before = cell[matrix][index]!;
  const after = draw.of([-1, 0, 1].filter((code) => code !== before));
  return {
    what: `${name}, ${matrix}[${index}]: ${before} -> ${after}`,
    model: withCell({ [matrix]: withEntry(cell[matrix], index, after) }),
  };
};

const loosenedRule = (
  rules: readonly CompiledRule[],
  kind: MutantKind,
  draw: Draw,
): Pick<Mutant, "what" | "rules"> => {
  const candidates = rules.flatMap((rule, index) =>
    rule.enforced && rule.constant.length > 0 ? [index] : [],
  );
  const place = draw.of(candidates);
  const rule = rules[place]!;
  const replaced = (changed: Partial<CompiledRule>): readonly CompiledRule[] =>
    rules.with(place, { ...rule, ...changed });
  if (kind === "rule: one margin lowered") {
    const margin = draw.below(Math.max(1, rule.margin));
    return {
      what: `${rule.name}, margin: ${rule.margin} -> ${margin}`,
      rules: replaced({ margin }),
    };
  }
  const loosening = draw.of(LOOSENINGS);
  const loosened = (constant: number): number =>
    constant + (loosening === "one unit" ? 1 : Math.max(1, Math.round(loosening * Math.abs(constant))));
  const by = loosening === "one unit" ? loosening : `${100 * loosening} %`;
  if (kind === "rule: all constants of one rule loosened") {
    return {
      what: `${rule.name}, all constants by ${by}`,
      rules: replaced({ constant: rule.constant.map(loosened) }),
    };
  }
  const leaf = draw.below(rule.constant.length);
  return {
    what: `${rule.name}, leaf ${leaf} by ${by}`,
    rules: replaced({ constant: withEntry(rule.constant, leaf, loosened(rule.constant[leaf]!)) }),
  };
};

const changedTable = (model: IntegerModel, draw: Draw): ChangedModel => {
  const table = draw.of(["tanh", "powers"] as const);
  // The first entry of tanh is 0 and must not go below.
  const index = 1 + draw.below(model[table].length - 1);
  const step = draw.sign();
  const what = `${table}[${index}] by ${step}`;
  return table === "tanh"
    ? { what, model: { ...model, tanh: withEntry(model.tanh, index, model.tanh[index]! + step) } }
    : { what, model: { ...model, powers: withEntry(model.powers, index, model.powers[index]! + step) } };
};

const changedFactor = (model: IntegerModel, draw: Draw): ChangedModel => {
  const step = draw.sign();
  switch (draw.of(["gates", "layer", "bias", "readout"] as const)) {
    case "gates": {
      const { cell, name, withCell } = drawCell(model, draw);
      const vector = draw.of(["alpha", "beta1", "beta2", "bias"] as const);
      const row = draw.below(cell.gates[vector].length);
      const gates: IntegerGates = {
        ...cell.gates,
        [vector]: withEntry(cell.gates[vector], row, cell.gates[vector][row]! + step),
      };
      return { what: `${name}, ${vector}[${row}] by ${step}`, model: withCell({ gates }) };
    }
    case "layer": {
      const { layer, name, withLayer } = drawLayer(model, draw);
      const row = draw.below(layer.rows);
      const before = layer.multiplier[row]!;
      const after = before === 0 ? 1 : before + step;
      return {
        what: `head, ${name}, multiplier[${row}]: ${before} -> ${after}`,
        model: withLayer({ multiplier: withEntry(layer.multiplier, row, after) }),
      };
    }
    case "bias": {
      const vector = draw.of(["hiddenBias", "outputBias"] as const);
      const row = draw.below(model.head[vector].length);
      const head: IntegerHead = {
        ...model.head,
        [vector]: withEntry(model.head[vector], row, model.head[vector][row]! + step),
      };
      return { what: `head, ${vector}[${row}] by ${step}`, model: { ...model, head } };
    }
    case "readout": {
      const { name, readout, withReadout } = drawReadout(model, draw);
      return { what: `${name}, gain by ${step}`, model: withReadout({ gain: readout.gain + step }) };
    }
  }
};

const changedShift = (model: IntegerModel, draw: Draw): ChangedModel => {
  const moved = (shift: number): number => (shift === 0 ? 1 : shift + draw.sign());
  switch (draw.of(["gates", "layer", "readout"] as const)) {
    case "gates": {
      const { cell, name, withCell } = drawCell(model, draw);
      const shift = draw.of(["alphaShift", "beta2Shift", "productShift"] as const);
      const after = moved(cell.gates[shift]);
      return {
        what: `${name}, ${shift}: ${cell.gates[shift]} -> ${after}`,
        model: withCell({ gates: { ...cell.gates, [shift]: after } }),
      };
    }
    case "layer": {
      const { layer, name, withLayer } = drawLayer(model, draw);
      const row = draw.below(layer.rows);
      const after = moved(layer.shift[row]!);
      return {
        what: `head, ${name}, shift[${row}]: ${layer.shift[row]} -> ${after}`,
        model: withLayer({ shift: withEntry(layer.shift, row, after) }),
      };
    }
    case "readout": {
      const { name, readout, withReadout } = drawReadout(model, draw);
      const gainShift = moved(readout.gainShift);
      return {
        what: `${name}, gainShift: ${readout.gainShift} -> ${gainShift}`,
        model: withReadout({ gainShift }),
      };
    }
  }
};

const changedClamp = (model: IntegerModel, draw: Draw): ChangedModel => {
  const { name, readout, withReadout } = drawReadout(model, draw);
  const end = draw.of(["minimum", "maximum"] as const);
  const step = draw.sign();
  return { what: `${name}, ${end} by ${step}`, model: withReadout({ [end]: readout[end] + step }) };
};

const drawLayer = (model: IntegerModel, draw: Draw) => {
  const name = draw.of(["hidden", "skip", "output"] as const);
  const layer = model.head[name];
  const withLayer = (changed: Partial<IntegerLayer>): IntegerModel => ({
    ...model,
    head: { ...model.head, [name]: { ...layer, ...changed } },
  });
  return { layer, name, withLayer };
};

const drawReadout = (model: IntegerModel, draw: Draw) => {
  const place = draw.below(model.readouts.length);
  const readout = model.readouts[place]!;
  const withReadout = (changed: Partial<IntegerReadout>): IntegerModel => ({
    ...model,
    readouts: model.readouts.with(place, { ...readout, ...changed }),
  });
  return { name: `readout ${place}`, readout, withReadout };
};
