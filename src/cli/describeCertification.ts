import type { Certification } from "../jobs/certifyRun.ts";

const share = (part: number, whole: number): string =>
  whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`;
const number = (value: number | null): string =>
  value === null ? "-" : String(Number(value.toPrecision(4)));

/** What a certification says, in lines for people. */
export const describeCertification = ({ certificates, conformal, quantisation }: Certification): string[] => [
  "",
  "certificates: balls of readings in which no forecast breaks an enforced rule, before the shield",
  ...certificates.flatMap((each) => [
    `  +-${each.quanta} quanta on the newest ${each.newest} steps: ${each.certified} of ${each.windows} windows certified ` +
      `(${each.keptAtCentre} keep the rules as they are), ${each.untouched} untouched by the shield; ` +
      `bounds ${number(each.width)} quanta wide, ${number(each.sampledWidth)} in ${each.samples} samples, ${each.outside} entries outside`,
    ...each.rules
      .filter(({ enforced }) => enforced)
      .map(
        ({ certified, keptAtCentre, name }) => `    ${name}: ${certified} certified of ${keptAtCentre} kept`,
      ),
  ]),
  "",
  `integers against real numbers, ${quantisation.windows} windows`,
  ...quantisation.channels.map(
    ({ channel, largestError, unit }) => `  ${channel}: largest error ${number(largestError)} ${unit}`,
  ),
  ...quantisation.rules.map(
    ({ beyondBound, bound, judged, largestDifference, lipschitz, name }) =>
      `  ${name}: slope ${number(lipschitz)}, bound ${number(bound)}, largest seen ${number(largestDifference)}; ` +
      `margin above the bound on ${share(beyondBound, judged)} of ${judged} windows`,
  ),
  "",
  `conformal margins at ${100 * conformal.level} %, of the validation span, looked at on the test span`,
  ...conformal.rules.map(
    ({ byDays, coverage, days, independent, margin, name, testWindows }) =>
      `  ${name}: margin ${number(margin)}, covers ${coverage === null ? "nothing judged" : share(coverage, 1)} of ${testWindows} windows; ` +
      `${share(independent.lower, 1)}..${share(independent.upper, 1)} if they were independent, ` +
      `${share(byDays.lower, 1)}..${share(byDays.upper, 1)} by ${days} days`,
  ),
];
