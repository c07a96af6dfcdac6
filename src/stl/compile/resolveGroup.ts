import { unknownName } from "../checks/unknownName.ts";
import type { Compilation, LexicalScope } from "./Compilation.ts";
import { findSensor } from "./Compilation.ts";
import type { Place } from "../language/Problem.ts";
import type { GroupExpression } from "../language/Spec.ts";
import type { NameTerm, Term } from "../language/Syntax.ts";
import { convertUnit, parseUnit, type Unit, unitsAgree } from "../language/Unit.ts";

/** The sensors a variable runs over, and the variables that this depends on. */
export interface Domain {
  readonly free: readonly number[];
  readonly sensorsBeside: (tuple: number) => readonly number[];
}

const constantDomain = (sensors: readonly number[]): Domain => ({ free: [], sensorsBeside: () => sensors });

/** Resolves what stands after `in`. */
export const resolveDomain = (
  compilation: Compilation,
  term: Term,
  scope: LexicalScope,
): Domain | undefined => {
  if (term.kind === "name") {
    const sensors = groupByName(compilation, term.name, term.place, []);
    return sensors && constantDomain(sensors);
  }
  if (term.kind === "call" && term.callee.name === "tag") {
    const [tag] = term.args;
    if (tag?.kind !== "text" || term.args.length !== 1) {
      return compilation.report(term.place, "syntax", "tag needs one text", 'Write tag("school").');
    }
    const sensors = taggedSensors(compilation, tag.value, term.place);
    return sensors && constantDomain(sensors);
  }
  if (term.kind === "call" && term.callee.name === "near") {
    const [centre, distance] = term.args;
    if (centre?.kind !== "name" || distance === undefined || term.args.length !== 2) {
      return compilation.report(
        term.place,
        "syntax",
        "near needs a sensor and a distance",
        "Write near(s, 3 km).",
      );
    }
    const km = distanceKm(compilation, distance, scope);
    return km === undefined ? undefined : nearDomain(compilation, centre, km, term.place, scope);
  }
  return compilation.report(
    term.place,
    "syntax",
    "this is no group of sensors",
    'Write sensors, the name of a group, tag("...") or near(s, 3 km).',
  );
};

const nearDomain = (
  compilation: Compilation,
  centre: NameTerm,
  km: number,
  place: Place,
  scope: LexicalScope,
): Domain | undefined => {
  const binding = findSensor(compilation, centre, scope);
  if (binding === undefined) {
    const names = [...scope.bindings.keys(), ...compilation.site.sensors];
    return unknownName(compilation, centre.place, "sensor", centre.name, names);
  }
  if (binding.kind === "sensor") {
    const sensors = sensorsNear(compilation, binding.sensor, km, place);
    return sensors && constantDomain(sensors);
  }
  const column = scope.tuples.columns[binding.position] as Int32Array;
  const bySensor = new Map<number, readonly number[]>();
  for (const sensor of new Set(column)) {
    const sensors = sensorsNear(compilation, sensor, km, place);
    if (sensors === undefined) return undefined;
    bySensor.set(sensor, sensors);
  }
  return {
    free: [binding.position],
    sensorsBeside: (tuple) => bySensor.get(column[tuple] as number) ?? [],
  };
};

const groupByName = (
  compilation: Compilation,
  name: string,
  place: Place,
  open: readonly string[],
): readonly number[] | undefined => {
  if (name === "sensors") return compilation.site.sensors.map((_, sensor) => sensor);
  const { groups } = compilation.spec;
  const group = groups.find((candidate) => candidate.name === name);
  if (group === undefined) {
    return unknownName(compilation, place, "group", name, ["sensors", ...groups.map((known) => known.name)]);
  }
  if (open.includes(name)) {
    const message = `the group ${name} is made from itself`;
    return compilation.report(group.place, "cycle", message, "Make it from other groups.");
  }
  const sensors = groupSensors(compilation, group.value, [...open, name]);
  if (sensors?.length === 0) {
    const message = `the group ${name} is empty here`;
    return compilation.report(place, "empty-group", message, "Correct the group, or leave out the rule.");
  }
  return sensors;
};

const groupSensors = (
  compilation: Compilation,
  group: GroupExpression,
  open: readonly string[],
): readonly number[] | undefined => {
  switch (group.kind) {
    case "list": {
      const indices = group.sensors.map(
        (sensor) =>
          findIndex(compilation, sensor) ??
          unknownName(compilation, sensor.place, "sensor", sensor.name, compilation.site.sensors),
      );
      return indices.includes(undefined) ? undefined : sorted(indices as number[]);
    }
    case "tag":
      return taggedSensors(compilation, group.tag, group.place);
    case "near": {
      const km = distanceKm(compilation, group.distance, compilation.topScope);
      const centre =
        findIndex(compilation, group.sensor) ??
        unknownName(compilation, group.sensor.place, "sensor", group.sensor.name, compilation.site.sensors);
      if (km === undefined || centre === undefined) return undefined;
      return sensorsNear(compilation, centre, km, group.place);
    }
    case "name":
      return groupByName(compilation, group.name, group.place, open);
    case "union":
    case "intersection":
    case "difference": {
      const left = groupSensors(compilation, group.left, open);
      const right = groupSensors(compilation, group.right, open);
      if (left === undefined || right === undefined) return undefined;
      if (group.kind === "union") return sorted([...left, ...right]);
      const within = new Set(right);
      return left.filter((sensor) => within.has(sensor) === (group.kind === "intersection"));
    }
  }
};

const sorted = (sensors: readonly number[]): readonly number[] =>
  Array.from(new Set(sensors)).sort((a, b) => a - b);

const findIndex = (compilation: Compilation, name: NameTerm): number | undefined => {
  const sensor = compilation.site.sensors.indexOf(name.name);
  return sensor < 0 ? undefined : sensor;
};

const taggedSensors = (
  compilation: Compilation,
  tag: string,
  place: Place,
): readonly number[] | undefined => {
  const tags = compilation.site.tags ?? {};
  const names = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
  if (Object.keys(tags).length === 0) {
    const message = `there is no sensor with the tag ${tag}: none has a tag`;
    return compilation.report(
      place,
      "unknown-name",
      message,
      "Give the tags of the sensors (--sensors FILE).",
    );
  }
  if (names === undefined || names.length === 0) {
    return unknownName(compilation, place, "sensor with the tag", tag, Object.keys(tags));
  }
  const sensors = names.map((name) => compilation.site.sensors.indexOf(name));
  const strange = names.filter((_, i) => (sensors[i] as number) < 0);
  if (strange.length > 0) {
    const message = `the tag ${tag} names sensors that the site lacks: ${strange.join(", ")}`;
    return compilation.report(place, "unknown-name", message, "Correct the tags of the site.");
  }
  return sorted(sensors);
};

const distanceKm = (compilation: Compilation, term: Term, scope: LexicalScope): number | undefined => {
  const distance = compilation.number(term, scope);
  const kilometre = parseUnit("km") as Unit;
  if (distance === undefined) return undefined;
  if (
    distance.constant === undefined ||
    distance.unit === undefined ||
    !unitsAgree(distance.unit, kilometre)
  ) {
    return compilation.report(
      term.place,
      "unit-mismatch",
      "this is no distance",
      "Write a length such as 3 km.",
    );
  }
  return convertUnit(distance.constant, distance.unit, kilometre);
};

/** Mean radius of the earth, IUGG. */
const earthRadiusKm = 6371.0088;

/** Great-circle distance by the haversine formula, in km. */
const haversineKm = (
  a: { readonly latitude: number; readonly longitude: number },
  b: { readonly latitude: number; readonly longitude: number },
): number => {
  const radians = Math.PI / 180;
  const sinLatitude = Math.sin(((b.latitude - a.latitude) * radians) / 2);
  const sinLongitude = Math.sin(((b.longitude - a.longitude) * radians) / 2);
  const chord =
    sinLatitude ** 2 + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * sinLongitude ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)));
};

/** Sensors within a distance of one, itself among them. */
const sensorsNear = (
  compilation: Compilation,
  centre: number,
  km: number,
  place: Place,
): readonly number[] | undefined => {
  const { positions, sensors } = compilation.site;
  const origin = positions?.[centre];
  if (positions === undefined || origin === undefined) {
    const message = `near needs the position of ${sensors[centre]}, which the site does not give`;
    return compilation.report(
      place,
      "no-position",
      message,
      "Give the positions of the sensors (--sensors FILE), or name the sensors in a group.",
    );
  }
  const unplaced = sensors.filter((_, sensor) => positions[sensor] === undefined);
  if (unplaced.length > 0) {
    const message = `${unplaced.length} sensors have no position and are near to none, the first is ${unplaced[0]}`;
    compilation.report(place, "no-position", message, "Give their positions.", "warning");
  }
  return sensors.flatMap((_, sensor) => {
    const position = positions[sensor];
    return position !== undefined && haversineKm(origin, position) <= km ? [sensor] : [];
  });
};
