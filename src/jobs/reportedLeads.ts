/** Leads, in steps, that most users ask for: an hour, a few, a quarter of a day, half a day, a day where steps are hours. */
const ASKED_FOR = [1, 3, 6, 12, 24, 48, 96, 168];

/**
 * Leads at which quantiles and alarms are reported: those that most ask for, and the last one.
 *
 * @example
 * reportedLeads(20); // => [1, 3, 6, 12, 20]
 */
export const reportedLeads = (horizonSteps: number): readonly number[] => [
  ...ASKED_FOR.filter((lead) => lead < horizonSteps),
  horizonSteps,
];
