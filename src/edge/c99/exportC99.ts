/** Writes a model as C99: one header and one source, no memory of its own, no float, no library but `stdint.h` and `string.h`. */
import { ArtefactError } from "../ArtefactError.ts";
import { FEATURE_MAXIMUM, HIDDEN_MAXIMUM } from "../fixedPoint.ts";
import type { IntegerLayer, IntegerModel, IntegerWeights } from "../IntegerModel.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import { arrayText, type ConstantTable, tableBytes } from "./arrayText.ts";
import { clockText } from "./clockText.ts";
import { type DeviceFrontEnd } from "./DeviceFrontEnd.ts";
import { frontTables } from "./frontTables.ts";
import { forecastHeader, frontText, levelsPerForecast } from "./frontText.ts";
import { headerText, productsPerReading, productsPerStep } from "./headerText.ts";
import { monitorTables } from "./monitorTables.ts";
import { monitorHeader, monitorSource } from "./monitorText.ts";
import { packCodes, paddedColumns, ROWS_PER_BLOCK } from "./packCodes.ts";
import { pastHeader, pastText, readingsBytes, readingsHeader, readingsText } from "./readingsText.ts";
import { shieldHeader } from "./shieldHeader.ts";
import { planShield, type ShieldPlan } from "./shieldPlan.ts";
import { shieldSource } from "./shieldSource.ts";
import { shieldTables } from "./shieldTables.ts";
import { sourceText } from "./sourceText.ts";

export interface C99Export {
  /** Contents of `NAME.h`. */
  readonly header: string;
  /** Contents of `NAME.c`. */
  readonly source: string;
  /** Bytes of constant data. */
  readonly constantBytes: number;
  /** Bytes of the ternary weights among them. */
  readonly weightBytes: number;
  /** Bytes of the rules among them. */
  readonly ruleBytes: number;
  /** Working memory of the shield with pointers of four bytes; 0 where no rule is enforced. */
  readonly shieldWorkBytes: number;
  /** Bytes of a state, and the largest working memory of a call (arrays on the stack). */
  readonly stateBytes: number;
  readonly workBytes: number;
  /** Bytes of a buffer of readings; 0 without a front end. */
  readonly readingsBytes: number;
}

/** What the texts are filled with. */
export interface C99Shape {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly cells: number;
  readonly hiddenUnits: number;
  readonly outputs: number;
  /** Levels of the quantiles beside the median, ascending. */
  readonly quantiles: readonly number[];
  readonly targets: number;
  /** Known where there is a front end or a rule. */
  readonly sensors?: number;
  readonly horizonSteps: number;
  readonly paddedInputs: number;
  readonly paddedUnits: number;
  readonly gateBlocks: number;
  readonly stateBlocks: number;
  readonly codeType: "int8_t" | "int16_t";
  /** Narrowest sums that hold every product of the head's layers. */
  readonly sumTypes: { readonly read: "int32_t" | "int64_t"; readonly output: "int32_t" | "int64_t" };
  readonly shifts: readonly { readonly alpha: number; readonly beta2: number; readonly product: number }[];
  /** What the generated text says of the artefact it was made from. */
  readonly origin: string;
}

const IDENTIFIER = /^[a-z][a-z0-9_]{0,30}$/;
/** Shifts beyond this would pass the bias of `shift_round`. */
const LARGEST_SHIFT = 61;
/** The gates' products count in 16 times the units of the candidate's, so their shift is smaller by 4. */
const SMALLEST_PRODUCT_SHIFT = 4;

/**
 * Writes the model `NAME` as C99, equal to the bit to the TypeScript reference.
 *
 * Throws an {@link ArtefactError} `not-representable` for a name that is no C identifier of lower-case letters, digits
 * and `_`, for a shift above 61, for one of a state product below 4, and for enforced rules whose products pass 2^53.
 *
 * @param origin one line that says what the text was made from
 * @param system rules that the text shall judge and enforce; without any it has no monitor, without enforced ones no shield
 * @param device front end and clock; without them the text starts from features and baselines
 */
export const exportC99 = (
  model: IntegerModel,
  name: string,
  origin: string,
  system?: RuleSystem,
  device?: DeviceFrontEnd,
): C99Export => {
  const problems: string[] = [];
  if (!IDENTIFIER.test(name)) {
    problems.push(
      `"${name}" is no C name; take lower-case letters, digits and _, a letter first, at most 31`,
    );
  }
  const { head, inputs, units } = model;
  if (device !== undefined && !(Number.isInteger(device.stepMinutes) && device.stepMinutes > 0)) {
    problems.push(`a step of ${device.stepMinutes} minutes is not a whole number of them`);
  }
  const cells: readonly IntegerWeights[] = [model, ...model.upper];
  const layers = [head.hidden, head.skip, head.output];
  const largest = Math.max(
    0,
    ...layers.flatMap(({ shift }) => [...shift]),
    ...model.readouts.map((r) => r.gainShift),
  );
  if (largest > LARGEST_SHIFT) problems.push(`a shift of ${largest} is above ${LARGEST_SHIFT}`);
  const smallest = Math.min(...cells.map(({ gates }) => gates.productShift));
  if (smallest < SMALLEST_PRODUCT_SHIFT) {
    problems.push(`a shift of the state product of ${smallest} is below ${SMALLEST_PRODUCT_SHIFT}`);
  }
  if (problems.length > 0)
    throw new ArtefactError("not-representable", `cannot write C: ${problems.join("; ")}`);

  const rules = system !== undefined && system.rules.length > 0 ? system : undefined;
  const sensors = device?.front.sensors ?? rules?.sensors;
  const shape: C99Shape = {
    name,
    inputs,
    units,
    cells: cells.length,
    hiddenUnits: model.hiddenUnits,
    outputs: head.skip.rows,
    quantiles: model.quantiles,
    targets: model.readouts.length,
    ...(sensors !== undefined && { sensors }),
    horizonSteps: model.horizonSteps,
    paddedInputs: paddedColumns(inputs),
    paddedUnits: paddedColumns(units),
    gateBlocks: Math.ceil((2 * units) / ROWS_PER_BLOCK),
    stateBlocks: Math.ceil(units / ROWS_PER_BLOCK),
    codeType: head.codeBits === 8 ? "int8_t" : "int16_t",
    sumTypes: {
      read: sumType([head.hidden, head.skip], FEATURE_MAXIMUM),
      output: sumType([head.output], HIDDEN_MAXIMUM),
    },
    shifts: cells.map(({ gates }) => ({
      alpha: gates.alphaShift,
      beta2: gates.beta2Shift,
      product: gates.productShift,
    })),
    origin,
  };
  const weights = weightTables(cells, inputs, units);
  const shielded = rules !== undefined && rules.components.length > 0 ? rules : undefined;
  const plan = shielded === undefined ? undefined : planShield(shielded, model.readouts);
  const ruleTables = [
    ...(rules === undefined ? [] : monitorTables(rules)),
    ...(shielded === undefined ? [] : shieldTables(shielded)),
  ];
  const ownTables = device === undefined ? [] : frontTables(device);
  const tables = [...weights, ...otherTables(model, cells, shape), ...ownTables, ...ruleTables];
  const sum = (of: readonly ConstantTable[]): number =>
    of.reduce((bytes, table) => bytes + tableBytes(table), 0);
  const sizes = {
    constantBytes: sum(tables),
    weightBytes: sum(weights),
    ruleBytes: sum(ruleTables),
    shieldWorkBytes: plan?.workBytes(4) ?? 0,
    stateBytes: cells.length * units,
    workBytes: workBytes(shape) + (device === undefined ? 0 : forecastBytes(shape)),
    readingsBytes: device === undefined ? 0 : readingsBytes(device, rules?.pastSteps ?? 1),
  };
  const front = device === undefined ? undefined : frontParts(device, shape, rules);
  const monitor = rules === undefined ? undefined : monitorParts(rules, name);
  const past = device === undefined || rules === undefined ? undefined : pastParts(device, rules, name);
  const shield = shielded === undefined || plan === undefined ? undefined : shieldParts(shielded, plan, name);
  const parts = [front, monitor, past, shield].filter((part) => part !== undefined);
  return {
    ...sizes,
    header: headerText(shape, sizes, parts.map(({ header }) => header).join("")),
    source:
      sourceText(shape, tables.map(arrayText).join("\n\n")) + parts.map(({ source }) => source).join(""),
  };
};

/** What a part of the export adds to both files. */
interface Part {
  readonly header: string;
  readonly source: string;
}

const monitorParts = (rules: RuleSystem, name: string): Part => ({
  header: monitorHeader(rules, name),
  source: monitorSource(rules, name),
});

const pastParts = (device: DeviceFrontEnd, rules: RuleSystem, name: string): Part => ({
  header: pastHeader(name),
  source: pastText(device, rules, name),
});

const shieldParts = (system: RuleSystem, plan: ShieldPlan, name: string): Part => ({
  header: shieldHeader(system, plan, name),
  source: shieldSource(system, plan, name),
});

const frontParts = (device: DeviceFrontEnd, shape: C99Shape, rules: RuleSystem | undefined): Part => {
  const { front } = device;
  const { name } = shape;
  const products = front.sensors * (front.windowSteps * productsPerStep(shape) + productsPerReading(shape));
  return {
    header:
      readingsHeader(device, name, rules?.pastSteps ?? 1) +
      forecastHeader(shape, { levels: levelsPerForecast(front), products }, front),
    source: readingsText(device, name) + clockText(device, name) + frontText(device, shape),
  };
};

const sumType = (layers: readonly IntegerLayer[], inputMaximum: number): "int32_t" | "int64_t" => {
  let widest = 0;
  for (const { codes, columns } of layers) {
    for (let row = 0; row < codes.length; row += columns) {
      let size = 0;
      for (let column = 0; column < columns; column++) size += Math.abs(codes[row + column]!);
      widest = Math.max(widest, size * inputMaximum);
    }
  }
  return widest < 2 ** 31 ? "int32_t" : "int64_t";
};

/** By cell: codes of W and of U for the gates z and r, then of U for the candidate. */
const weightTables = (cells: readonly IntegerWeights[], inputs: number, units: number): ConstantTable[] =>
  cells.flatMap(({ inputCodes, stateCodes }, cell): ConstantTable[] => {
    const columns = cell === 0 ? inputs : units;
    const split = 2 * units * units;
    return [
      { name: `w${cell}`, type: "uint8_t", values: packCodes(inputCodes, 3 * units, columns) },
      {
        name: `u${cell}`,
        type: "uint8_t",
        values: packCodes(stateCodes.subarray(0, split), 2 * units, units),
      },
      { name: `c${cell}`, type: "uint8_t", values: packCodes(stateCodes.subarray(split), units, units) },
    ];
  });

const otherTables = (
  { head, powers, readouts, tanh }: IntegerModel,
  cells: readonly IntegerWeights[],
  { codeType }: C99Shape,
): ConstantTable[] => [
  ...cells.flatMap(({ gates }, cell): ConstantTable[] => [
    { name: `alpha${cell}`, type: "int32_t", values: gates.alpha },
    { name: `beta1_${cell}`, type: "int32_t", values: gates.beta1 },
    { name: `beta2_${cell}`, type: "int32_t", values: gates.beta2 },
    { name: `bias${cell}`, type: "int32_t", values: gates.bias },
  ]),
  ...(["hidden", "skip", "output"] as const).flatMap((layer): ConstantTable[] => [
    { name: `${layer}_codes`, type: codeType, values: head[layer].codes },
    { name: `${layer}_multiplier`, type: "uint16_t", values: head[layer].multiplier },
    { name: `${layer}_shift`, type: "uint8_t", values: head[layer].shift },
  ]),
  { name: "hidden_bias", type: "int32_t", values: head.hiddenBias },
  { name: "output_bias", type: "int32_t", values: head.outputBias },
  {
    name: "readout_log1p",
    type: "uint8_t",
    values: readouts.map(({ transform }) => (transform === "log1p" ? 1 : 0)),
  },
  { name: "readout_gain", type: "int32_t", values: readouts.map(({ gain }) => gain) },
  { name: "readout_gain_shift", type: "uint8_t", values: readouts.map(({ gainShift }) => gainShift) },
  { name: "readout_minimum", type: "int32_t", values: readouts.map(({ minimum }) => minimum) },
  { name: "readout_maximum", type: "int32_t", values: readouts.map(({ maximum }) => maximum) },
  { name: "readout_inverse", type: "int32_t", values: readouts.map(({ inverseQuantum }) => inverseQuantum) },
  { name: "tanh_table", type: "uint16_t", values: tanh },
  { name: "power_table", type: "uint32_t", values: powers },
];

/** Arrays of the call that holds most: a step, or a reading of the state. */
const workBytes = (shape: C99Shape): number => {
  const rows = ROWS_PER_BLOCK * Math.ceil((3 * shape.units) / ROWS_PER_BLOCK);
  const step =
    2 * (shape.paddedInputs + shape.paddedUnits + (shape.cells > 1 ? shape.paddedUnits : 0)) +
    4 * (rows + 3 * shape.units + ROWS_PER_BLOCK * shape.gateBlocks + shape.units);
  const read = 2 * (shape.units + shape.inputs) + 4 * shape.hiddenUnits;
  return Math.max(step, read);
};

/** Arrays of a forecast while it calls a step or the head. */
const forecastBytes = (shape: C99Shape): number =>
  shape.cells * shape.units + 2 * shape.inputs + 4 * shape.targets * shape.horizonSteps + 4 * shape.outputs;
