/** C types of tables, with the bytes that an element takes. */
const ELEMENT_BYTES = {
  uint8_t: 1,
  int8_t: 1,
  uint16_t: 2,
  int16_t: 2,
  int32_t: 4,
  uint32_t: 4,
  int64_t: 8,
} as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

export const elementBytes = (type: ElementType): number => ELEMENT_BYTES[type];

const UNSIGNED = ["uint8_t", "uint16_t", "uint32_t"] as const;
const SIGNED = ["int8_t", "int16_t", "int32_t", "int64_t"] as const;

/**
 * The narrowest type that holds all from `smallest` to `largest`; signed where `smallest` is below zero.
 *
 * @example
 * narrowest(0, 255); // => "uint8_t"
 * narrowest(-1, 128); // => "int16_t"
 */
export const narrowest = (smallest: number, largest: number): ElementType =>
  smallest < 0
    ? (SIGNED.find((type) => {
        const limit = 2 ** (8 * ELEMENT_BYTES[type] - 1);
        return smallest >= -limit && largest < limit;
      }) ?? "int64_t")
    : (UNSIGNED.find((type) => largest < 2 ** (8 * ELEMENT_BYTES[type])) ?? "int64_t");

/** A constant table of the generated source. */
export interface ConstantTable {
  readonly name: string;
  readonly type: ElementType;
  readonly values: ArrayLike<number>;
}

export const tableBytes = ({ type, values }: ConstantTable): number => values.length * ELEMENT_BYTES[type];

const LINE_WIDTH = 110;

/** `static const TYPE NAME[N] = {...};`, numbers in lines of at most 110 characters. */
export const arrayText = ({ name, type, values }: ConstantTable): string => {
  const lines: string[] = [];
  let line = " ";
  for (let index = 0; index < values.length; index++) {
    const number = ` ${literal(values[index]!)},`;
    if (line.length + number.length > LINE_WIDTH) {
      lines.push(line);
      line = " ";
    }
    line += number;
  }
  lines.push(line);
  return `static const ${type} ${name}[${values.length}] = {\n${lines.join("\n")}\n};`;
};

/** -2^31 has no literal of its own in C. */
const literal = (value: number): string => (value === -(2 ** 31) ? "(-2147483647 - 1)" : `${value}`);

/** A table in the narrowest type; one element for an empty list, because C has no array of none. */
export const narrowTable = (
  name: string,
  values: ArrayLike<number>,
  sign: "unsigned" | "signed" = "unsigned",
): ConstantTable => {
  let smallest = sign === "signed" ? -1 : 0;
  let largest = 0;
  for (let k = 0; k < values.length; k++) {
    smallest = Math.min(smallest, values[k]!);
    largest = Math.max(largest, values[k]!);
  }
  return { name, type: narrowest(smallest, largest), values: values.length === 0 ? [0] : values };
};
