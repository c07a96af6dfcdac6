import type { IntakeTally } from "./IntakeTally.ts";
import { formatDuration } from "./parseDuration.ts";

/** Gaps of one channel of one sensor. */
export interface SensorGaps {
  readonly sensor: string;
  /** Share of the panel's steps without a reading, 0..1. */
  readonly missingShare: number;
  readonly longestGapSteps: number;
  /** Instant of the first step of the longest gap; NaN where there is none. */
  readonly longestGapFromMs: number;
}

export interface ChannelGaps {
  readonly channel: string;
  /** Share over all sensors, 0..1. */
  readonly missingShare: number;
  readonly sensors: readonly SensorGaps[];
}

/** One reading that contradicts an earlier one of the same sensor and instant. */
export interface Conflict {
  readonly sensor: string;
  readonly channel: string;
  readonly instantMs: number;
  readonly kept: number;
  readonly refused: number;
}

/** Everything that was odd in an input, counted in rows (sensor, instant) where nothing else is said. */
export interface IntakeReport {
  readonly dataset: string;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly tally: IntakeTally;
  /** Rows of record batches that arrived. */
  readonly rows: number;
  /** Rows of sensors that were not asked for. */
  readonly unselectedRows: number;
  /** Cells that hold a missing code, or nothing. */
  readonly missingCells: number;
  readonly duplicates: {
    /** All channels say the same again. */
    readonly identical: number;
    /** A later row gives a value where the earlier one had none; the value was taken. */
    readonly completing: number;
    /** A later row gives another value; the first was kept. */
    readonly conflicting: number;
    readonly examples: readonly Conflict[];
  };
  /** Rows that came after a later row of the same sensor. */
  readonly outOfOrder: number;
  /** Rows whose instant is no step of the grid; left out. */
  readonly offGrid: number;
  readonly offGridExample: { readonly sensor: string; readonly instantMs: number } | undefined;
  /** Rows before `from` or from `to` on; left out. */
  readonly outsideSpan: number;
  /** Steps at which no sensor has any reading. */
  readonly emptySteps: number;
  readonly channels: readonly ChannelGaps[];
  /** Sensors that were named and have no reading of any channel. */
  readonly deadSensors: readonly string[];
  /** Files that were read, with the sha256 of each; `pinned` where the card demands it. */
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly pinned: boolean }[];
  /** Further findings in words, such as sensors without a position. */
  readonly notes: readonly string[];
}

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;

const instant = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : "never");

const some = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;

/**
 * Says in lines for people what a panel was made of and what was odd; the first line is the shape, one line
 * a channel follows, then one line for each kind of finding that occurred.
 */
export const describeIntake = (report: IntakeReport): string[] => {
  const { tally } = report;
  const sensors = report.channels[0]?.sensors.length ?? 0;
  const lines = [
    `${report.dataset}: ${count(sensors, "sensor")}, ${count(report.steps, "step")} of ` +
      `${formatDuration(report.stepMs)} from ${instant(report.startMs)}; ` +
      `${count(report.rows, "reading")} in ${count(tally.records, "record")}`,
    ...report.channels.map(describeChannel),
  ];
  const finding = (n: number, text: string) => {
    if (n > 0) lines.push(text);
  };
  finding(
    report.deadSensors.length,
    `${count(report.deadSensors.length, "sensor")} without any reading: ${some(report.deadSensors)}`,
  );
  finding(report.emptySteps, `${count(report.emptySteps, "step")} at which no sensor has a reading`);
  finding(
    report.duplicates.identical,
    `${count(report.duplicates.identical, "repeated row")} with the same values`,
  );
  finding(
    report.duplicates.completing,
    `${count(report.duplicates.completing, "repeated row")} that filled a value the first left out`,
  );
  finding(report.duplicates.conflicting, describeConflicts(report.duplicates));
  finding(report.outOfOrder, `${count(report.outOfOrder, "row")} out of order, put in their place`);
  const off = report.offGridExample;
  finding(
    report.offGrid,
    `${count(report.offGrid, "row")} between the steps of ${formatDuration(report.stepMs)}, left out` +
      (off === undefined ? "" : ` (${off.sensor} at ${instant(off.instantMs)})`),
  );
  finding(report.outsideSpan, `${count(report.outsideSpan, "row")} outside the span asked for`);
  finding(report.unselectedRows, `${count(report.unselectedRows, "row")} of sensors that were not asked for`);
  finding(
    tally.nonexistentLocal,
    `${count(tally.nonexistentLocal, "row")} at local times that do not exist (clock set forward), left out`,
  );
  finding(
    tally.ambiguousLocal,
    `${count(tally.ambiguousLocal, "row")} at local times that occur twice (clock set back), read as the earlier instant`,
  );
  finding(
    tally.repeatedLocal,
    `${count(tally.repeatedLocal, "row")} at local times met a second time, read as the later instant`,
  );
  finding(tally.blankLines, `${count(tally.blankLines, "blank line")} passed over`);
  for (const columns of tally.unreadColumns) lines.push(`columns not read: ${columns}`);
  for (const file of tally.shortFiles) lines.push(`shorter than its calendar: ${file}`);
  const loose = report.files.filter((file) => !file.pinned);
  for (const file of loose) lines.push(`not pinned by the card: ${file.path} has sha256 ${file.sha256}`);
  return [...lines, ...report.notes];
};

const describeChannel = ({ channel, missingShare, sensors }: ChannelGaps): string => {
  const dead = sensors.filter((sensor) => sensor.missingShare === 1);
  const alive = sensors.filter((sensor) => sensor.missingShare < 1);
  const worst = alive.reduce<SensorGaps | undefined>(
    (longest, sensor) => (sensor.longestGapSteps > (longest?.longestGapSteps ?? 0) ? sensor : longest),
    undefined,
  );
  const parts = [`${channel}: ${percent(missingShare)} missing`];
  if (worst !== undefined) {
    parts.push(
      `longest gap ${count(worst.longestGapSteps, "step")} (${worst.sensor} from ${instant(worst.longestGapFromMs)})`,
    );
  }
  if (dead.length > 0) parts.push(`no reading of ${some(dead.map((sensor) => sensor.sensor))}`);
  return parts.join("; ");
};

const describeConflicts = ({ conflicting, examples }: IntakeReport["duplicates"]): string => {
  const [first] = examples;
  const example =
    first === undefined
      ? ""
      : ` (${first.sensor} ${first.channel} at ${instant(first.instantMs)}: kept ${first.kept}, refused ${first.refused})`;
  return `${count(conflicting, "repeated row")} that contradict an earlier one, the first kept${example}`;
};
