/** Whether the manifest of an artefact has the form that its readers take for granted. */
import { type FeaturePlan, type ChannelScaling } from "../series/FeaturePlan.ts";
import { featureCount, planChannels } from "../series/features.ts";
import { type ArtefactManifest, FRONT_END_VERSION, SECTION_NAMES, sectionsOf } from "./Artefact.ts";

/** Adds what is wrong with a value, under its place in the manifest. */
type Check = (value: unknown, place: string, faults: string[]) => void;

/** Far above any model of a device; keeps a damaged manifest from asking for memory. */
const LARGEST_COUNT = 65_535;
const LARGEST_HORIZON_STEPS = 4_096;

const test =
  (holds: (value: unknown) => boolean, what: string): Check =>
  (value, place, faults) => {
    if (!holds(value)) faults.push(`${place} is ${shown(value)}, not ${what}`);
  };

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
};

const text = test((value) => typeof value === "string", "a text");
const flag = test((value) => typeof value === "boolean", "true or false");
const finite = test((value) => Number.isFinite(value), "a number");
const positive = test((value) => Number.isFinite(value) && (value as number) > 0, "a number above 0");
const whole = (minimum: number, maximum: number): Check =>
  test(
    (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
    `a whole number from ${minimum} to ${maximum}`,
  );
const oneOf = (...words: readonly string[]): Check =>
  test((value) => words.includes(value as string), words.join(" or "));

const list =
  (each: Check, minimum = 0): Check =>
  (value, place, faults) => {
    if (!Array.isArray(value) || value.length < minimum || value.length > LARGEST_COUNT) {
      faults.push(`${place} is ${shown(value)}, not a list of at least ${minimum}`);
      return;
    }
    value.forEach((entry, index) => each(entry, `${place}[${index}]`, faults));
  };

/** Keys that end in `?` may be absent; further keys may be there, for later versions. */
const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, place, faults) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.push(`${place} is ${shown(value)}, not an object`);
      return;
    }
    for (const [name, check] of Object.entries(checks)) {
      const key = name.replace("?", "");
      const entry = (value as Record<string, unknown>)[key];
      if (entry !== undefined || key === name) check(entry, `${place}.${key}`, faults);
    }
  };

const count = whole(1, LARGEST_COUNT);
const index = whole(0, LARGEST_COUNT);
const transform = oneOf("identity", "log1p");
const scaling = record({ channel: text, transform, mean: finite, deviation: positive, fallback: finite });

const baseline: Check = (value, place, faults) => {
  record({ kind: oneOf("persistence", "seasonal", "linear") })(value, place, faults);
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  if (kind === "seasonal") record({ periodSteps: count })(value, place, faults);
  if (kind === "linear") {
    record({ periodSteps: count, lagSteps: count, weights: list(list(list(finite))) })(value, place, faults);
  }
};

const manifestForm = record({
  name: text,
  target: text,
  counter: finite,
  created: text,
  "expires?": text,
  formatVersion: count,
  inputs: count,
  units: count,
  "layers?": whole(1, 64),
  hiddenUnits: index,
  horizonSteps: whole(1, LARGEST_HORIZON_STEPS),
  readouts: list(
    record({
      channel: text,
      unit: text,
      transform,
      gain: finite,
      quantum: positive,
      minimum: finite,
      maximum: finite,
    }),
    1,
  ),
  "quantiles?": list(finite),
  features: record({
    stepMs: positive,
    zone: text,
    sensors: list(text, 1),
    targets: list(scaling, 1),
    covariates: list(scaling),
    circular: list(text),
    weekly: flag,
    baseline,
    windowSteps: count,
    horizonSteps: whole(1, LARGEST_HORIZON_STEPS),
    holdSteps: index,
    neighbours: list(list(index)),
    "everySensor?": record({ targets: list(text), sensors: list(index) }),
    sensorMean: list(list(finite)),
    sensorDeviation: list(list(positive)),
    embedding: list(list(finite)),
  }),
  "readingQuanta?": list(positive),
  "zoneOffsets?": record({ fromMinutes: list(finite, 1), offsets: list(finite, 1) }),
  ruleChannels: list(
    record({ channel: text, quantum: positive, holdSteps: index, "lower?": finite, "upper?": finite }),
  ),
  rules: list(record({ name: text, text, enforced: flag })),
  rulesSha256: text,
  goldenCells: index,
  goldenShields: index,
  "goldenWindows?": index,
  sections: list(record({ name: oneOf(...SECTION_NAMES), bytes: whole(0, 2 ** 32) }), 1),
});

/** All faults of a manifest, each with its place; none for one that `compileArtefact` wrote. */
export const manifestFaults = (manifest: unknown): string[] => {
  const faults: string[] = [];
  manifestForm(manifest, "manifest", faults);
  // Numbers are compared once they are known to be numbers.
  return faults.length > 0 ? faults : disagreements(manifest as ArtefactManifest);
};

/** Counts and indices that have to fit each other. */
const disagreements = (manifest: ArtefactManifest): string[] => {
  const { features, inputs, readouts, ruleChannels } = manifest;
  const sensors = features.sensors.length;
  const targets = features.targets.length;
  const faults: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  const perSensor = (lists: readonly (readonly unknown[])[]): boolean =>
    lists.length === targets && lists.every((entries) => entries.length === sensors);
  expect(readouts.length === targets, `${readouts.length} readouts stand beside ${targets} targets`);
  expect(features.horizonSteps === manifest.horizonSteps, "the horizon stands twice and differs");
  expect(features.neighbours.length === sensors, "neighbours are not those of the sensors");
  expect(
    [...features.neighbours.flat(), ...(features.everySensor?.sensors ?? [])].every((each) => each < sensors),
    "a neighbour is no sensor",
  );
  expect(perSensor(features.sensorMean) && perSensor(features.sensorDeviation), "sensor means do not fit");
  expect(
    features.embedding.length === sensors &&
      features.embedding.every((vector) => vector.length === features.embedding[0]!.length),
    "the embedding is not one vector a sensor",
  );
  expect(
    ruleChannels.length >= targets &&
      features.targets.every(({ channel }: ChannelScaling, k) => ruleChannels[k]!.channel === channel),
    "the rule channels do not begin with the targets",
  );
  const version = manifest.formatVersion;
  expect(manifest.sections.length >= sectionsOf(version).length, `version ${version} has more sections`);
  expect(
    version < FRONT_END_VERSION || manifest.readingQuanta?.length === planChannels(features).length,
    "the quanta of the readings are not one a channel",
  );
  const { zoneOffsets } = manifest;
  expect(
    zoneOffsets === undefined || zoneOffsets.fromMinutes.length === zoneOffsets.offsets.length,
    "the zone's offsets do not belong to its minutes",
  );
  expect(baselineFits(features), "the baseline does not fit targets, horizon and window");
  if (faults.length === 0) {
    expect(
      featureCount(features) === inputs,
      `${inputs} inputs stand beside ${featureCount(features)} features`,
    );
  }
  return faults;
};

const baselineFits = ({ baseline: given, horizonSteps, targets, windowSteps }: FeaturePlan): boolean =>
  given.kind !== "linear" ||
  (given.lagSteps <= windowSteps &&
    given.weights.length === targets.length &&
    given.weights.every(
      (leads) =>
        leads.length === horizonSteps && leads.every((weights) => weights.length === given.lagSteps + 2),
    ));
