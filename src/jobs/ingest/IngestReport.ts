import type { Conflict } from "../../ingest/IntakeReport.ts";
import type { IntakeProblem } from "../../ingest/IntakeProblem.ts";
import type { SourceAccount } from "../../ingest/source/FeedSource.ts";
import { describeFaults, type FaultCounts, FAULT_KINDS } from "../../ingest/store/Faults.ts";
import type { SensorHealth } from "../../ingest/store/HealthBook.ts";

/** What one source gave. */
export interface SourceReport {
  readonly name: string;
  readonly records: number;
  readonly files: number;
  readonly passedOver: number;
  readonly messages: number;
  readonly redelivered: number;
  readonly disconnects: number;
  /** Rows or cells that could not be read, and the first of them. */
  readonly unreadable: number;
  readonly problems: readonly IntakeProblem[];
  /** Rows at local times that do not exist, or occur twice. */
  readonly nonexistentLocal: number;
  readonly ambiguousLocal: number;
  readonly repeatedLocal: number;
  readonly notes: readonly string[];
}

/** What one sensor met while a feed was taken in. */
export interface SensorFaults {
  readonly sensor: string;
  readonly readings: number;
  readonly faults: FaultCounts;
}

/** What a feed gave and what was odd about it. */
export interface IngestReport {
  readonly feed: string;
  readonly seconds: number;
  /** Rows that arrived, and those that brought something new. */
  readonly rows: number;
  readonly kept: number;
  readonly faults: FaultCounts;
  readonly sources: readonly SourceReport[];
  /** Sensors of which something arrived in this run, sorted. */
  readonly sensors: readonly SensorFaults[];
  readonly conflicts: readonly Conflict[];
  /** Every sensor since the store began. */
  readonly health: readonly SensorHealth[];
  /** What opening the store found, and troubles that passed. */
  readonly notes: readonly string[];
}

/** The account of a source as it stands. */
export const sourceReport = (account: SourceAccount): SourceReport => ({
  name: account.name,
  records: account.tally.records,
  files: account.files,
  passedOver: account.passedOver,
  messages: account.messages,
  redelivered: account.redelivered,
  disconnects: account.disconnects,
  unreadable: account.problems.count,
  problems: account.problems.kept,
  nonexistentLocal: account.tally.nonexistentLocal,
  ambiguousLocal: account.tally.ambiguousLocal,
  repeatedLocal: account.tally.repeatedLocal,
  notes: [
    ...account.notes,
    ...(account.tally.unreadColumns.length > 0
      ? [`columns not read: ${account.tally.unreadColumns.join(", ")}`]
      : []),
  ],
});

const SENSORS_SHOWN = 20;

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

/** A report in lines for people: the sum first, then a line for each thing that occurred. */
export const describeIngest = (report: IngestReport): string[] => {
  const lines = [
    `${report.feed}: ${count(report.kept, "new reading")} of ${count(report.rows, "row")} in ${report.seconds.toFixed(1)} s`,
  ];
  const odd = describeFaults(report.faults);
  if (odd !== "") lines.push(`  ${odd}`);
  for (const source of report.sources) lines.push(...describeSource(source));
  lines.push(...describeSensors(report.sensors));
  for (const { channel, instantMs, kept, refused, sensor } of report.conflicts) {
    lines.push(
      `  ${sensor} ${channel} at ${new Date(instantMs).toISOString()}: kept ${kept}, refused ${refused}`,
    );
  }
  lines.push(...describeDead(report.health), ...report.notes);
  return lines;
};

const describeSource = (source: SourceReport): string[] => {
  const parts = [count(source.records, "row")];
  const add = (n: number, one: string, many?: string): void => {
    if (n > 0) parts.push(count(n, one, many));
  };
  add(source.files, "file");
  add(source.passedOver, "file read before, passed over", "files read before, passed over");
  add(source.messages, "message");
  add(source.redelivered, "message sent again", "messages sent again");
  add(source.disconnects, "connection lost", "connections lost");
  add(source.unreadable, "that could not be read", "that could not be read");
  add(source.nonexistentLocal, "at a local time that does not exist", "at local times that do not exist");
  add(source.ambiguousLocal, "at a local time that occurs twice", "at local times that occur twice");
  add(source.repeatedLocal, "at a local time met again", "at local times met again");
  return [
    `  ${source.name}: ${parts.join(", ")}`,
    ...source.problems.map(({ column, file, line, message }) => `    ${file}:${line}:${column}: ${message}`),
    ...(source.unreadable > source.problems.length
      ? [`    ... and ${source.unreadable - source.problems.length} more`]
      : []),
    ...source.notes.map((note) => `    ${note}`),
  ];
};

const faultSum = (faults: FaultCounts): number => FAULT_KINDS.reduce((sum, kind) => sum + faults[kind], 0);

const describeSensors = (sensors: readonly SensorFaults[]): string[] => {
  const odd = sensors
    .filter(({ faults }) => faultSum(faults) > 0)
    .sort((a, b) => faultSum(b.faults) - faultSum(a.faults));
  return [
    ...odd.slice(0, SENSORS_SHOWN).map(({ faults, sensor }) => `  ${sensor}: ${describeFaults(faults)}`),
    ...(odd.length > SENSORS_SHOWN
      ? [`  ... and ${odd.length - SENSORS_SHOWN} more sensors with faults (--json lists all)`]
      : []),
  ];
};

const describeDead = (health: readonly SensorHealth[]): string[] =>
  health
    .filter(({ dead }) => dead)
    .map(({ lastMs, readings, sensor }) =>
      readings === 0
        ? `  ${sensor} is dead: it never gave a reading`
        : `  ${sensor} is dead: its last reading is of ${new Date(lastMs).toISOString()}`,
    );

/** How every sensor of a store is doing, as a table for people. */
export const describeHealth = (health: readonly SensorHealth[]): string[][] => [
  ["sensor", "readings", "last", "missing", "state"],
  ...health.map(({ dead, faults, lastMs, missing, readings, sensor }) => [
    sensor,
    String(readings),
    readings === 0 ? "never" : new Date(lastMs).toISOString().slice(0, 19) + "Z",
    String(missing),
    [dead ? "dead" : "alive", describeFaults(faults)].filter((part) => part !== "").join(", "),
  ]),
];
