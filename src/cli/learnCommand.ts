import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { LearnedRule, LearnedSpec, LearningRequest, RuleShare } from "../jobs/learnRules.ts";
import { alignedColumns, percent } from "./alignedColumns.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { spanFlags } from "./spanFlags.ts";
import { jsonFlag, quietFlag } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

const DEFAULT_RATE = 0.99;
const DEFAULT_HOLDOUT = 0.2;

/** `stl-check learn`: fits the learnable parameters of a rule file to recordings. */
export const learnCommand = Command.make(
  "learn",
  {
    spec: Argument.String("spec").pipe(
      Argument.withDescription("Rule file (.stl) with learnable parameters"),
    ),
    data: Flag.String("data").pipe(
      Flag.withDescription("Data set to learn from (a name of `ordinance data list`, or a card)"),
    ),
    ...spanFlags,
    rate: Flag.String("rate").pipe(
      Flag.withDescription(
        `Share of judged instants that a rule is to hold at, 0 to 1 (default: ${DEFAULT_RATE}); RULE=0.95 for one rule; may be repeated`,
      ),
      Flag.atLeast(0),
    ),
    holdout: Flag.String("holdout").pipe(
      Flag.withDescription(
        `Share of the days, the last ones, that the fit is tried on (default: ${DEFAULT_HOLDOUT}; 0: none)`,
      ),
      Flag.optional,
    ),
    holdoutFrom: Flag.String("holdout-from").pipe(
      Flag.withDescription("Try the fit on the days from this local date on instead"),
      Flag.optional,
    ),
    write: Flag.Boolean("write").pipe(
      Flag.withDescription("Write the fitted values into the rule file; nothing else in it changes"),
      Flag.withDefault(false),
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withDescription("Write the fitted rule file there instead"),
      Flag.optional,
    ),
    json: jsonFlag,
    quiet: quietFlag,
  },
  (flags) =>
    Effect.gen(function* () {
      const request = yield* requestOf(flags);
      // Loaded on demand: a check needs nothing of it.
      const { learnRules } = yield* Effect.promise(() => import("../jobs/learnRules.ts"));
      const learned = yield* learnRules(request);
      yield* Console.log(flags.json ? JSON.stringify(learned) : forPeople(learned, request));
      return learned;
    }).pipe(
      Effect.mapError(notJudged),
      Effect.flatMap((learned) =>
        learned.faulty
          ? Effect.fail(
              new DoesNotHold({
                cause: "spec",
                userMessage: `not learned, nothing written: ${learned.path}`,
              }),
            )
          : Effect.void,
      ),
      Effect.provide(terminalProgress({ quiet: flags.quiet || flags.json })),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription(
    "Fit the learnable parameters of a rule file to recordings: the tightest rules that hold",
  ),
  Command.withExamples([
    {
      command: "stl-check learn rules.stl --data arterial --rate 0.99 --rate calms_down=0.95 --write",
      description:
        "Fit all rules to hold at 99 % of their instants, one of them at 95 %, and write the file back",
    },
  ]),
);

interface Flags {
  readonly spec: string;
  readonly data: string;
  readonly from: Option.Option<string>;
  readonly to: Option.Option<string>;
  readonly rate: readonly string[];
  readonly holdout: Option.Option<string>;
  readonly holdoutFrom: Option.Option<string>;
  readonly write: boolean;
  readonly output: Option.Option<string>;
}

const refused = (message: string) => Effect.fail({ message });

const requestOf = (flags: Flags) =>
  Effect.gen(function* () {
    const { rate, rates } = yield* ratesOf(flags.rate);
    const { holdout, holdoutFrom, output, write } = flags;
    if (Option.isSome(holdout) && Option.isSome(holdoutFrom)) {
      return yield* refused("--holdout and --holdout-from both say which days to hold out; give one of them");
    }
    if (write && Option.isSome(output)) {
      return yield* refused("--write changes the rule file and --output another one; give one of them");
    }
    const share = Option.isSome(holdout) ? numberOf(holdout.value) : DEFAULT_HOLDOUT;
    if (!(share >= 0 && share < 1)) {
      return yield* refused(
        `--holdout ${Option.getOrElse(holdout, () => "")} is no share of the days from 0 to below 1; write --holdout 0.2`,
      );
    }
    return {
      spec: flags.spec,
      data: flags.data,
      ...(Option.isSome(flags.from) && { from: flags.from.value }),
      ...(Option.isSome(flags.to) && { to: flags.to.value }),
      rate,
      rates,
      holdout: Option.isSome(holdoutFrom) ? { from: holdoutFrom.value } : { share },
      write: Option.isSome(output) ? { file: output.value } : write ? "over" : "nowhere",
    } satisfies LearningRequest;
  });

const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** `0.99` for all rules, `RULE=0.95` for one. */
const ratesOf = (words: readonly string[]) =>
  Effect.gen(function* () {
    let rate: number | undefined;
    const rates = new Map<string, number>();
    for (const word of words) {
      const equals = word.lastIndexOf("=");
      const value = numberOf(word.slice(equals + 1));
      if (!(value > 0 && value <= 1)) {
        return yield* refused(
          `--rate ${word}: ${word.slice(equals + 1)} is no share above 0 and up to 1; write --rate 0.99, or --rate RULE=0.95`,
        );
      }
      const name = word.slice(0, Math.max(0, equals));
      if (equals < 0 ? rate !== undefined : rates.has(name)) {
        return yield* refused(`--rate ${word}: a rate of ${equals < 0 ? "all rules" : name} is given twice`);
      }
      if (equals < 0) rate = value;
      else rates.set(name, value);
    }
    return { rate: rate ?? DEFAULT_RATE, rates };
  });

const forPeople = (learned: LearnedSpec, request: LearningRequest): string => {
  const lines = learned.text === "" ? [] : [learned.text];
  if (learned.parameters.length === 0) return lines.join("\n");
  const { from, heldOutFrom, to } = learned.span;
  const held = learned.rules.filter(({ heldOut }) => heldOut !== undefined);
  return [
    ...lines,
    `${learned.path}, learned from ${request.data}, ${from} to before ${heldOutFrom}:`,
    ...alignedColumns([
      ["parameter", "was", "fitted", "95 % interval"],
      ...learned.parameters.map(({ after, before, lower, name, upper }) => [
        name,
        before,
        after,
        `${lower ?? "beyond the range"} to ${upper ?? "beyond the range"}`,
      ]),
    ]),
    ...alignedColumns([
      ["rule", "asked for", "holds on", "judged", "left open", "doubtful"],
      ...learned.rules.map(({ name, training, wanted }) => [
        name,
        percent(wanted),
        percent(training.rate),
        ...countsOf(training),
      ]),
    ]),
    ...(held.length === 0
      ? ["no day was held out"]
      : [
          `tried on ${heldOutFrom} to before ${to}:`,
          ...alignedColumns([
            ["rule", "holds on", "95 % interval", "judged", "left open", "doubtful"],
            ...held.map(({ heldOut, name }) => [
              name,
              percent(heldOut!.rate),
              `${percent(heldOut!.lower)} to ${percent(heldOut!.upper)}`,
              ...countsOf(heldOut!),
            ]),
          ]),
        ]),
    ...learned.rules.flatMap(openNote),
    ...learned.written.map((file) => `written: ${file}`),
  ].join("\n");
};

const countsOf = ({ doubtful, judged, unknown }: RuleShare): string[] =>
  [judged, unknown, doubtful].map(String);

/** Open instants beside this share of the broken ones can move a fit, and a reader is told how far. */
const MANY_OPEN = 0.25;

const openNote = ({ name, training: { judged, rate, unknown } }: LearnedRule): string[] => {
  const held = Math.round(judged * rate);
  const broken = judged - held;
  if (unknown <= MANY_OPEN * broken) return [];
  return [
    `note: ${name} is left open at ${unknown} instants, beside ${broken} at which it broke; were they broken too, it would hold on ${percent(held / (judged + unknown))}. A signal with \`missing hold\` is judged across gaps`,
  ];
};
