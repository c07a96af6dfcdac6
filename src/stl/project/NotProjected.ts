/** Why no trace was found. */
export interface NotProjected {
  readonly found: false;
  /**
   * `impossible`: proved, up to rounding. `not-affine`: a predicate is no minimum or maximum of affine functions.
   * `work-limit`: the search was cut short. `rounding`: numbers between the doubles hold it, and no double nearby.
   */
  readonly reason: "impossible" | "not-affine" | "work-limit" | "rounding";
  readonly message: string;
}

/** The reason in words: `subject` is what had to hold. */
export const notProjected = (reason: NotProjected["reason"], subject: string): NotProjected => ({
  found: false,
  reason,
  message: messages[reason](subject),
});

const messages: Readonly<Record<NotProjected["reason"], (subject: string) => string>> = {
  impossible: (subject) =>
    `no trace holds ${subject}: lower the margin, widen the ranges, or let more of the trace move`,
  "not-affine": (fault) => fault,
  "work-limit": (subject) =>
    `no trace that holds ${subject} was found within the work limit, and none was excluded: raise workLimit`,
  rounding: (subject) =>
    `numbers can hold ${subject}, but no doubles near them: write an equality as two bounds a little apart`,
};
