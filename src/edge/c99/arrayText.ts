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
