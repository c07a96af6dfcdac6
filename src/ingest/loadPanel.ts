import { Data, Effect, type FileSystem, Stream } from "effect";
import { createHash } from "node:crypto";
import type { Panel } from "../series/Panel.ts";
import { assemblePanel } from "./assemblePanel.ts";
import type { ReadingContext, ReadingFile } from "./CsvReader.ts";
import { csvBatches } from "./csvSource.ts";
import { DataMissing, type DataStatus, dataStatus, type FileStatus } from "./dataStatus.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import { IntakeError, ProblemLog } from "./IntakeProblem.ts";
import type { IntakeReport } from "./IntakeReport.ts";
import { emptyTally } from "./IntakeTally.ts";
import { nearestName } from "../stl/language/nearestName.ts";
import { hdf5Batches, type OpenHdf5 } from "./pandasHdf5.ts";
import type { Readings } from "./ReadingBatch.ts";
import { type Positions, readPositions } from "./readPositions.ts";
import { SensorTable } from "./SensorTable.ts";
import type { Source, SourceError } from "./Source.ts";

export interface LoadPanelOptions {
  readonly card: DatasetCard;
  /** First instant, in; a Date, or milliseconds since 1970. */
  readonly from?: Date | number;
  /** Last instant, out. */
  readonly to?: Date | number;
  /** Channels by name, in the order wanted; those of the card where left out. */
  readonly channels?: readonly string[];
  /** Sensors by name, in the order wanted; all where left out. */
  readonly sensors?: readonly string[];
  /** Opens HDF5 files; the package h5wasm where left out. */
  readonly openHdf5?: OpenHdf5;
}

export interface LoadedPanel {
  readonly card: DatasetCard;
  readonly panel: Panel;
  readonly report: IntakeReport;
  /** Hash over the hashes of the card's files, in the card's order. */
  readonly sha256: string;
  /** Path of the card's adjacency table, where it has one; see `readAdjacency`. */
  readonly adjacencyPath: string | undefined;
}

/** Channels or sensors were asked for that the data set does not have. */
export class UnknownSelection extends Data.TaggedError("UnknownSelection")<{
  readonly problems: readonly string[];
}> {
  override get message(): string {
    return this.problems.join("\n");
  }
}

/**
 * Loads the files of a card into a panel, with a report of everything odd and a hash that names the input.
 *
 * Fails with DataMissing where files are not there, IntakeError where values cannot be read (all problems
 * with file, line and column), UnknownSelection, SourceError.
 */
export const loadPanel = Effect.fn("loadPanel")(function* (options: LoadPanelOptions) {
  const { card } = options;
  const status = yield* dataStatus(card);
  if (!status.complete) return yield* new DataMissing({ status });
  const channels = yield* selectedChannels(card, options.channels);
  const positions = yield* readPositions(card, rolePath(status, "positions"));
  const named = new SensorTable();
  const source = cardSource(status, channels, positions, named, options.openHdf5);
  const assembled = yield* assemblePanel(source, {
    card,
    channels,
    ...(options.sensors === undefined ? {} : { sensors: options.sensors }),
    ...(options.from === undefined ? {} : { fromMs: Number(options.from) }),
    ...(options.to === undefined ? {} : { toMs: Number(options.to) }),
  });
  const strangers = (options.sensors ?? []).filter((name) => !named.names.includes(name));
  if (strangers.length > 0) {
    const problems = strangers.map((name) => unknown("sensor", name, named.names, card));
    return yield* new UnknownSelection({ problems });
  }
  const loaded: LoadedPanel = {
    card,
    panel: decorate(card, assembled.panel, positions),
    report: {
      ...assembled.report,
      files: status.files.map(({ found }) => ({
        path: found!.path,
        sha256: found!.sha256,
        pinned: found!.pinned,
      })),
      notes: positionNotes(card, assembled.panel, positions, named.names),
    },
    sha256: hashOf(status),
    adjacencyPath: rolePath(status, "adjacency"),
  };
  return loaded;
});

const selectedChannels = (card: DatasetCard, wanted: readonly string[] | undefined) => {
  const known = card.layout.channels.map((channel) => channel.name);
  const problems = (wanted ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => unknown("channel", name, known, card));
  return problems.length > 0
    ? Effect.fail(new UnknownSelection({ problems }))
    : Effect.succeed(wanted ?? known);
};

const unknown = (kind: string, name: string, known: readonly string[], card: DatasetCard): string => {
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined ? `it has ${known.slice(0, 12).join(", ")}.` : `did you mean "${nearest}"?`;
  return `The data set ${card.name} has no ${kind} "${name}"; ${hint}`;
};

const roleOf = (status: FileStatus) => status.file.role ?? "readings";

/** Path of the file of a role, where the card has one. */
const rolePath = (status: DataStatus, role: "positions" | "adjacency"): string | undefined =>
  status.files.find((file) => roleOf(file) === role)?.found?.path;

/** The readings of all files of a card, one file after the other; fails at the end where there were problems. */
const cardSource = (
  status: DataStatus,
  channels: readonly string[],
  positions: Positions,
  sensors: SensorTable,
  openHdf5: OpenHdf5 | undefined,
): Source => {
  const { card } = status;
  const problems = new ProblemLog();
  const context: ReadingContext = {
    card,
    channels,
    sensors,
    problems,
    tally: emptyTally(),
    positionNames: [...positions.keys()],
  };
  const files = status.files
    .filter((file) => roleOf(file) === "readings")
    .filter(({ file }) => file.channel === undefined || channels.includes(file.channel))
    .map(({ file, found }): ReadingFile => ({
      path: found!.path,
      ...(file.sensor === undefined ? {} : { sensor: file.sensor }),
      ...(file.channel === undefined ? {} : { channel: file.channel }),
    }));
  const read = (file: ReadingFile): Stream.Stream<Readings, SourceError, FileSystem.FileSystem> =>
    card.layout.kind === "hdf5" ? hdf5Batches(context, file, openHdf5) : csvBatches(context, file);
  const verdict = Effect.suspend(() =>
    problems.count > 0
      ? Effect.fail(new IntakeError({ problems: problems.kept, count: problems.count }))
      : Effect.void,
  );
  return {
    batches: Stream.fromIterable(files).pipe(
      Stream.flatMap(read),
      Stream.concat(Stream.fromEffectDrain(verdict)),
    ),
    tally: context.tally,
  };
};

/** The panel with what the card knows of its sensors: positions and tags. */
const decorate = (card: DatasetCard, panel: Panel, positions: Positions): Panel => {
  const tags = Object.entries(card.tags ?? {}).map(([tag, sensors]) => [
    tag,
    sensors.filter((sensor) => panel.sensors.includes(sensor)),
  ]);
  return {
    ...panel,
    ...(positions.size > 0 ? { positions: panel.sensors.map((sensor) => positions.get(sensor)) } : {}),
    ...(tags.length > 0 ? { tags: Object.fromEntries(tags) as Record<string, string[]> } : {}),
  };
};

const positionNotes = (
  card: DatasetCard,
  panel: Panel,
  positions: Positions,
  named: readonly string[],
): string[] => {
  if (positions.size === 0) return [];
  const notes: string[] = [];
  const without = panel.sensors.filter((sensor) => !positions.has(sensor));
  const silent = [...positions.keys()].filter((sensor) => !named.includes(sensor));
  const tagged = Object.values(card.tags ?? {}).flat();
  const strangers = [...new Set(tagged.filter((sensor) => !named.includes(sensor)))];
  if (without.length > 0) notes.push(`without a position: ${without.join(", ")}`);
  if (silent.length > 0) notes.push(`with a position but not in the readings: ${silent.join(", ")}`);
  if (strangers.length > 0) notes.push(`with a tag but not in the readings: ${strangers.join(", ")}`);
  if (card.positions?.approximate === true) notes.push("the positions are approximate, as the card says");
  return notes;
};

const hashOf = (status: DataStatus): string => {
  const hash = createHash("sha256");
  for (const { file, found } of status.files) hash.update(`${file.path} ${found!.sha256}\n`);
  return hash.digest("hex");
};
