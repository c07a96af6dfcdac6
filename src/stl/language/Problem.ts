/** A stretch of a source text: 1-based lines and columns, the end exclusive. */
export interface Place {
  readonly source: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One fault of a spec: what is wrong, where, and what to do about it. */
export interface Problem extends Place {
  readonly severity: "error" | "warning";
  /** Stable, for programs: `unknown-name`, `unit-mismatch`, `horizon`, ... */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Makes a problem at a place. */
export const problemAt = (
  place: Place,
  severity: Problem["severity"],
  code: string,
  message: string,
  remedy: string,
): Problem => ({
  severity,
  code,
  message,
  remedy,
  source: place.source,
  line: place.line,
  column: place.column,
  endLine: place.endLine,
  endColumn: place.endColumn,
});

/** The smallest place that covers two places of one source. */
export const placeFromTo = (first: Place, last: Place): Place => ({
  source: first.source,
  line: first.line,
  column: first.column,
  endLine: last.endLine,
  endColumn: last.endColumn,
});

/** Orders problems of one source by where they start; those of different sources stay as they are. */
export const byPlace = (a: Place, b: Place): number =>
  a.source === b.source ? a.line - b.line || a.column - b.column : 0;
