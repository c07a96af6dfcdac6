/** What interval bounds certify of some real windows for one size of ball; plain data. */
export interface CertificateReport {
  /** Every reading of the `newest` last steps may be off by this many quanta. */
  readonly quanta: number;
  readonly newest: number;
  readonly windows: number;
  /** Windows at whose centre the forecast keeps every enforced rule without the shield: no more can be certified. */
  readonly keptAtCentre: number;
  /** Windows in whose whole ball the forecast keeps every enforced rule without the shield. */
  readonly certified: number;
  /** Of these, windows in whose whole ball the shield publishes the forecast as it is: it keeps the rules' margins too. */
  readonly untouched: number;
  /** Mean distance of the bounds of a forecast entry, in its quanta, and that of what was sampled. */
  readonly width: number;
  readonly sampledWidth: number;
  /** Points of each ball that were run through the device; the certificate does not rest on them. */
  readonly samples: number;
  /** Sampled entries that lay outside their bounds: not 0 means that the bounds are wrong. */
  readonly outside: number;
  readonly rules: readonly RuleCertificate[];
}

export interface RuleCertificate {
  readonly name: string;
  readonly enforced: boolean;
  readonly keptAtCentre: number;
  readonly certified: number;
}
