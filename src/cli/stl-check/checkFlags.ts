import { relative } from "node:path";
import { Argument, type Command, Flag } from "effect/cli";
import { parseDuration } from "../../ingest/parseDuration.ts";
import { spanFlags } from "../spanFlags.ts";

/** A path as short as it was most likely typed: the framework makes paths absolute, `-` among them. */
const asTyped = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith("..") ? path : near;
};

/** Everything that `stl-check` itself takes. */
export const checkFlags = {
  specs: Argument.Path("spec").pipe(
    Argument.withDescription("Rule files (.stl)"),
    Argument.map(asTyped),
    Argument.variadic(),
  ),
  traces: Flag.Path("trace").pipe(
    Flag.withAlias("t"),
    Flag.withDescription(
      "Judge the rules on this recording: CSV, NDJSON, Arrow or Parquet, also gzipped; - is standard input; may be repeated",
    ),
    Flag.map(asTyped),
    Flag.atLeast(0),
  ),
  sensors: Flag.Path("sensors").pipe(
    Flag.withDescription("Tags and positions of sensors (.csv or .yaml: sensor, tags, latitude, longitude)"),
    Flag.map(asTyped),
    Flag.optional,
  ),
  units: Flag.String("unit").pipe(
    Flag.withDescription(
      "Unit of a signal in the trace, where it is not the declared one: SIGNAL=UNIT; may be repeated",
    ),
    Flag.atLeast(0),
  ),
  zone: Flag.String("zone").pipe(
    Flag.withDescription(
      "Time zone of stamps without an offset, and of the clock (Europe/Berlin; default: UTC)",
    ),
    Flag.withDefault("UTC"),
  ),
  time: Flag.String("time").pipe(
    Flag.withDescription("Column that is the time, where its name does not say so"),
    Flag.optional,
  ),
  timeFormat: Flag.String("time-format").pipe(
    Flag.withDescription("Form of the stamps where they are not ISO 8601: DD/MM/YYYY HH:mm"),
    Flag.optional,
  ),
  step: Flag.String("step").pipe(
    Flag.withDescription("Time between two rows of a trace without a time column: 5min"),
    Flag.filter(
      (text) => parseDuration(text) !== undefined,
      (text) => `Expected a duration such as 5min, found ${text}`,
    ),
    Flag.optional,
  ),
  explain: Flag.Boolean("explain").pipe(
    Flag.withAlias("x"),
    Flag.withDescription(
      "Say of every rule that is broken or open which readings decide, with a plot; without recordings, print readings that keep all rules",
    ),
    Flag.withDefault(false),
  ),
  data: Flag.String("data").pipe(
    Flag.withDescription(
      "Measure on what share of a data set each rule holds (a name of `ordinance data list`, or a card)",
    ),
    Flag.optional,
  ),
  ...spanFlags,
  formula: Flag.String("formula").pipe(
    Flag.withDescription("Judge this formula on the trace instead of a rule file"),
    Flag.optional,
  ),
  dialect: Flag.Literals("dialect", ["ordinance", "rtamt"]).pipe(
    Flag.withDescription("Language of --formula (default: ordinance)"),
    Flag.withDefault("ordinance"),
  ),
  facts: Flag.Boolean("facts").pipe(
    Flag.withDescription(
      "Say of every rule how far it looks, what it keeps online and which errors it withstands",
    ),
    Flag.withDefault(false),
  ),
  satisfiability: Flag.Boolean("satisfiability").pipe(
    Flag.withDescription("Find out whether the rules of a file can hold together (default: yes)"),
    Flag.withDefault(true),
  ),
  strict: Flag.Boolean("strict").pipe(
    Flag.withDescription("Let a rule that the trace leaves open fail the check"),
    Flag.withDefault(false),
  ),
  format: Flag.Literals("format", ["text", "json", "sarif", "junit"]).pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Form of the findings (default: text)"),
    Flag.optional,
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("The same as --format json"), Flag.withDefault(false)),
  quiet: Flag.Boolean("quiet").pipe(
    Flag.withAlias("q"),
    Flag.withDescription("No progress, and nothing about what is in order"),
    Flag.withDefault(false),
  ),
  fmt: Flag.Boolean("fmt").pipe(
    Flag.withDescription("Write the rule files in the standard form and list those that changed"),
    Flag.withDefault(false),
  ),
  check: Flag.Boolean("check").pipe(
    Flag.withDescription("With --fmt: change nothing, fail where something would change"),
    Flag.withDefault(false),
  ),
  watch: Flag.Boolean("watch").pipe(
    Flag.withAlias("w"),
    Flag.withDescription("Check again whenever a rule file, an import or a trace changes; Ctrl-C ends"),
    Flag.withDefault(false),
  ),
};

/** What the flags came to. */
export type Flags = Command.Command.Config.Infer<typeof checkFlags>;
