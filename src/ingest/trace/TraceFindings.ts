/** One kind of oddity: how often, and where and what it was first. */
interface Finding {
  count: number;
  place: string;
  example: string;
}

/** What was odd in a trace, counted by kind with the first place of each; nothing odd is passed over in silence. */
export class TraceFindings {
  readonly #found = new Map<FindingKind, Finding>();
  /** Cells read, and those of them that are empty or hold a word for missing. */
  cells = 0;
  missingCells = 0;
  rows = 0;
  /** Steps without any row, how many stretches they form, and the longest one. */
  emptySteps = 0;
  gaps = 0;
  longestGap = { steps: 0, fromMs: NaN };

  /** Counts one more; place and example are kept of the first alone. */
  add(kind: FindingKind, place: () => string, example = ""): void {
    const finding = this.#found.get(kind);
    if (finding === undefined) this.#found.set(kind, { count: 1, place: place(), example });
    else finding.count++;
  }

  /** Takes over what another pass found of one kind. */
  take(other: TraceFindings, kind: FindingKind): void {
    const finding = other.#found.get(kind);
    if (finding !== undefined) this.#found.set(kind, finding);
  }

  count(kind: FindingKind): number {
    return this.#found.get(kind)?.count ?? 0;
  }

  /** One sentence for every kind that occurred: where it was first, what it was, how often, what was done. */
  describe(): string[] {
    return (Object.keys(SENTENCES) as FindingKind[]).flatMap((kind) => {
      const finding = this.#found.get(kind);
      return finding === undefined
        ? []
        : [`${finding.place}: ${SENTENCES[kind](finding.example, finding.count)}`];
    });
  }

  /** The counts by kind, for programs. */
  toJSON(): object {
    return {
      rows: this.rows,
      cells: this.cells,
      missingCells: this.missingCells,
      emptySteps: this.emptySteps,
      found: Object.fromEntries(this.#found),
    };
  }
}

/** "3 such rows", "the only such row". */
const such = (count: number, what: string): string =>
  count === 1 ? `the only such ${what} is` : `${count.toLocaleString("en-US")} such ${what}s are`;

const SENTENCES = {
  unreadableCell: (example, count) =>
    `${example} is no number; ${such(count, "cell")} read as missing. Mend it, or leave it empty, NA, NaN or null`,
  unreadableStamp: (example, count) =>
    `${example} is no time; ${such(count, "row")} left out. Write 2026-03-01T06:30 or seconds since 1970, or say their form: --time-format "DD/MM/YYYY HH:mm"`,
  fieldCount: (example, count) =>
    `${example}; ${such(count, "row")} left out. Mend it, or quote the field that holds the delimiter`,
  badQuote: (_example, count) =>
    `a quote is not closed or text follows it; ${such(count, "row")} left out. Double the quotes that belong to the text`,
  badRecord: (example, count) => `${example}; ${such(count, "line")} left out. Write one JSON object a line`,
  lateKey: (example, count) =>
    `the key ${example} is in none of the first lines; ${such(count, "cell")} passed over. Give the first line all keys`,
  unknownSensor: (_example, count) =>
    `the row names no sensor; ${such(count, "row")} left out. Fill its sensor column`,
  unknownSignal: (example, count) => `the rules read no signal ${example}; ${such(count, "row")} passed over`,
  nonexistentTime: (example, count) =>
    `${example} does not exist in the zone (clock set forward); ${such(count, "row")} left out`,
  ambiguousTime: (example, count) =>
    `${example} occurs twice in the zone (clock set back); ${such(count, "row")} read as the earlier instant`,
  offGrid: (example, count) =>
    `${example} lies between two steps; ${such(count, "row")} left out. Mend the stamps, or declare a tolerance: sampling 5min tolerance 10%`,
  moved: (example, count) =>
    `${example} lies beside its step; ${such(count, "row")} moved to it, within the tolerance`,
  repeated: (_example, count) =>
    `the row repeats a reading of the same sensor and instant with the same value; ${such(count, "cell")} taken once`,
  conflicting: (example, count) =>
    `a second reading of the same sensor and instant says ${example}; the first is kept, ${such(count, "cell")} left out. Remove one of them`,
  disorder: (_example, count) =>
    `the row is earlier than the row before it; ${such(count, "row")} put in place, for which the whole trace is held in memory`,
} satisfies Record<string, (example: string, count: number) => string>;

/** What can be odd; the order is that of the report. */
export type FindingKind = keyof typeof SENTENCES;
