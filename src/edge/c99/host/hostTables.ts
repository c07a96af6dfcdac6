import { decimalQuantum } from "./decimalQuantum.ts";
import type { HostFacts } from "./HostFacts.ts";

/** A C string literal, bytes outside printable ASCII as octal escapes. */
const literal = (text: string): string => {
  let quoted = "";
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    // A question mark too: two of them begin a trigraph.
    const plain = byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(character);
    quoted += plain ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `"${quoted}"`;
};

const csvField = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const strings = (name: string, texts: readonly string[]): string =>
  `static const char *const ${name}[] = {\n${texts.map((text) => `  ${literal(text)},`).join("\n")}\n};`;

/** Each name as it is printed, in CSV and in JSON. */
const printed = (name: string, texts: readonly string[]): string =>
  `static const char *const ${name}[][2] = {\n${texts
    .map((text) => `  {${literal(csvField(text))}, ${literal(JSON.stringify(text))}},`)
    .join("\n")}\n};`;

const numbers = (name: string, type: string, values: readonly (number | string)[]): string =>
  `static const ${type} ${name}[] = {${values.join(", ")}};`;

/** Names, quanta and levels of an artefact as C tables. */
export const hostTables = ({ channels, quantiles, rules, sensors, targets }: HostFacts): string => {
  const quanta = channels.map(({ quantum }) => decimalQuantum(quantum));
  const names = channels.map(({ channel }) => channel);
  return [
    strings("sensor_name", sensors),
    printed("sensor_printed", sensors),
    strings("channel_name", names),
    printed("channel_printed", names.slice(0, targets)),
    numbers(
      "quantum_factor",
      "uint32_t",
      quanta.map(({ factor }) => factor),
    ),
    numbers(
      "quantum_power",
      "int",
      quanta.map(({ power }) => power),
    ),
    strings(
      "block_level",
      [0.5, ...quantiles].map((level) => `${level}`),
    ),
    ...(rules.length === 0
      ? []
      : [
          printed(
            "rule_printed",
            rules.map(({ name }) => name),
          ),
          numbers(
            "rule_enforced",
            "int",
            rules.map(({ enforced }) => (enforced ? 1 : 0)),
          ),
          numbers(
            "rule_units",
            "double",
            rules.map(({ unitsPerOne }) => `${unitsPerOne}.0`),
          ),
        ]),
  ].join("\n\n");
};
