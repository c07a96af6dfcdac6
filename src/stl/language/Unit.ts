import math, { type MathInstance } from "mathjs/lib/browser/math.js";
import { nearestName } from "./nearestName.ts";

/** A physical unit: a text such as `ug/m3`, `km/h`, `veh/h`, `percent`, `1`. */
export interface Unit {
  readonly text: string;
  /** Exponents of the base dimensions; empty for a plain number. */
  readonly dimensions: readonly number[];
  /** A value v in this unit is `factor * v + offset` in base units. */
  readonly factor: number;
  readonly offset: number;
}

export const plainNumber: Unit = { text: "1", dimensions: [], factor: 1, offset: 0 };

const createInstance = (): MathInstance => {
  const instance = math.create(math.all, {});
  instance.createUnit("veh", { aliases: ["vehicle", "vehicles"] });
  instance.createUnit("ped", { aliases: ["peds", "pedestrian", "pedestrians"] });
  instance.createUnit("dB", { aliases: ["dBA", "decibel", "decibels"] });
  instance.createUnit("mph", "1 mi/h");
  instance.createUnit("kmh", { definition: "1 km/h", aliases: ["kph"] });
  instance.createUnit("percent", instance.unit(0.01));
  instance.createUnit("ppm", instance.unit(1e-6));
  instance.createUnit("ppb", instance.unit(1e-9));
  return instance;
};

// Made at the first unit with a name: plain formulas need none.
let instance: MathInstance | undefined;
const mathjs = (): MathInstance => (instance ??= createInstance());

const namePattern = /\p{L}[\p{L}\d_]*/gu;
const respell = (name: string): string => (name === "d" ? "day" : name.replace(/[µμ]/g, "u"));

/** Whether a single name, such as `km` or `veh`, is a unit. `in` is a keyword of the language, not an inch. */
export const isUnitName = (name: string): boolean =>
  name !== "in" && mathjs().Unit.isValuelessUnit(respell(name));

const parsed = new Map<string, Unit>([["1", plainNumber]]);

/**
 * Reads a unit text; what is wrong with it, as a string, where it is none.
 *
 * @example
 * convertUnit(30, parseUnit("mi/h"), parseUnit("km/h")).toFixed(3); // => "48.280"
 */
export const parseUnit = (text: string): Unit | string => {
  const trimmed = text.trim() === "" ? "1" : text.trim();
  const known = parsed.get(trimmed);
  if (known !== undefined) return known;
  for (const [name] of trimmed.matchAll(namePattern)) {
    if (isUnitName(name)) continue;
    const near = nearestName(name, Object.keys(mathjs().Unit.UNITS));
    return `unknown unit ${name}${near === undefined ? "" : `, did you mean ${near}?`}`;
  }
  const spelled = trimmed
    .replace(/%/g, "percent")
    .replace(/³/g, "^3")
    .replace(/²/g, "^2")
    .replace(namePattern, respell);
  try {
    const { Unit } = mathjs();
    const one = new Unit(1, spelled);
    const [first, ...others] = one.units;
    // A temperature alone has a zero of its own; in a rate such as degC/h it is a difference.
    const zero = others.length === 0 && first?.power === 1 ? first.unit.offset : 0;
    const dimensions = one.dimensions.some((exponent) => exponent !== 0) ? one.dimensions : [];
    const unit = { text: trimmed, dimensions, factor: one.value, offset: one.value * zero };
    parsed.set(trimmed, unit);
    return unit;
  } catch (error) {
    return `cannot read the unit ${trimmed}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** Whether values of two units can be compared. */
export const unitsAgree = (a: Unit, b: Unit): boolean => {
  for (let i = 0; i < Math.max(a.dimensions.length, b.dimensions.length); i++) {
    if (Math.abs((a.dimensions[i] ?? 0) - (b.dimensions[i] ?? 0)) > 1e-9) return false;
  }
  return true;
};

/** Converts a value between two units that agree. */
export const convertUnit = (value: number, from: Unit, to: Unit): number =>
  from.text === to.text ? value : (value * from.factor + from.offset - to.offset) / to.factor;

const combine = (a: Unit, b: Unit, sign: 1 | -1): readonly number[] => {
  const dimensions = Array.from(
    { length: Math.max(a.dimensions.length, b.dimensions.length) },
    (_, i) => (a.dimensions[i] ?? 0) + sign * (b.dimensions[i] ?? 0),
  );
  return dimensions.some((exponent) => Math.abs(exponent) > 1e-9) ? dimensions : [];
};

const grouped = (unit: Unit): string => (/[/*]/.test(unit.text) ? `(${unit.text})` : unit.text);

/** Unit of a product of values. */
export const multiplyUnits = (a: Unit, b: Unit): Unit => {
  if (b.text === "1") return a;
  if (a.text === "1") return b;
  const dimensions = combine(a, b, 1);
  return { text: `${a.text} * ${grouped(b)}`, dimensions, factor: a.factor * b.factor, offset: 0 };
};

/** Unit of a quotient of values. */
export const divideUnits = (a: Unit, b: Unit): Unit => {
  if (b.text === "1") return a;
  if (a.text === b.text) return plainNumber;
  const dimensions = combine(a, b, -1);
  return { text: `${a.text} / ${grouped(b)}`, dimensions, factor: a.factor / b.factor, offset: 0 };
};

/** Unit of an integer power of a value. */
export const powerUnit = (unit: Unit, exponent: number): Unit =>
  unit.text === "1"
    ? unit
    : {
        text: `(${unit.text})^${exponent}`,
        dimensions: unit.dimensions.map((dimension) => dimension * exponent),
        factor: unit.factor ** exponent,
        offset: 0,
      };
