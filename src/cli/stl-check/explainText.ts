import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import { instantText, type StepClock } from "./instantText.ts";
import { textPlot } from "./textPlot.ts";

const WIDTH = 80;
const READINGS_SHOWN = 6;

const clipped = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(1, width - 3))}...`;

const number = (value: number): string => String(Number(value.toPrecision(5)));

/** Robustness in words: one number, or the two it lies between. */
const marginText = (lower: number, upper: number, unit: string): string => {
  const own = unit === "1" ? "" : ` ${unit}`;
  if (lower === upper)
    return Number.isFinite(lower) ? `${number(lower)}${own}` : lower > 0 ? "true" : "false";
  if (lower === -Infinity && upper === Infinity) return "not known";
  if (lower === -Infinity) return `at most ${number(upper)}${own}`;
  return upper === Infinity
    ? `at least ${number(lower)}${own}`
    : `${number(lower)} to ${number(upper)}${own}`;
};

/** Why a rule is broken or open: instant, sub-formulas from the whole to the deciding one, readings, a plot. */
export const explainText = (finding: RuleFinding, clock: StepClock): string[] => {
  const { reason, rule, verdict } = finding;
  if (reason === undefined) return [];
  const { explanation, origin, plot } = reason;
  const when = (step: number): string => instantText(origin + step, clock);
  const margin = marginText(explanation.lower, explanation.upper, rule.unit);
  const word = verdict === "false" ? "broken" : "open";
  const lines = [`${rule.name} is ${word} at ${when(explanation.step)}: ${margin}`];
  if (rule.because !== "") lines.push(clipped(`  because: ${rule.because}`, WIDTH));
  let said = `${when(explanation.step)}: ${margin}`;
  explanation.path.forEach(({ lower, step, text, upper }, depth) => {
    const indent = "  ".repeat(Math.min(depth, 6) + 1);
    const value = `${when(step)}: ${marginText(lower, upper, rule.unit)}`;
    lines.push(clipped(`${indent}${text}`, WIDTH));
    // What is as it was above need not be said again.
    if (value !== said) lines.push(`${indent}  ${value}`);
    said = value;
  });
  const readings = explanation.readings.slice(0, READINGS_SHOWN).map(({ channel, sensor, step, value }) => {
    const name = sensor === "" ? channel : `${channel}[${sensor}]`;
    return `  ${name} at ${when(step)}: ${Number.isNaN(value) ? missing(origin + step, clock) : number(value)}`;
  });
  const more = explanation.readings.length - readings.length;
  if (readings.length > 0) lines.push("  read:", ...readings.map((line) => `  ${line}`));
  if (more > 0) lines.push(`    and ${more} more`);
  if (plot !== undefined) {
    const drawn = textPlot(plot);
    if (drawn.length > 0) {
      const from = when(plot.first);
      const to = when(plot.first + plot.signal.length - 1);
      lines.push(
        ...drawn.map((line) => `  ${line}`),
        `  * left side, - right side or threshold, ${from} to ${to}`,
      );
    }
  }
  return lines;
};

const missing = (step: number, clock: StepClock & { readonly steps?: number }): string =>
  step < 0 || (clock.steps !== undefined && step >= clock.steps) ? "beyond the trace" : "missing";
