import type { FeaturePlan } from "../../series/FeaturePlan.ts";
import { contextSteps } from "../../series/features.ts";
import type { ByteReader } from "../ByteReader.ts";
import type { ByteWriter } from "../ByteWriter.ts";
import { LOGARITHM_STEPS, SINE_STEPS } from "../fixedPoint.ts";
import type {
  IntegerBaseline,
  IntegerFrontEnd,
  IntegerLinearBaseline,
  IntegerScaling,
  IntegerTarget,
} from "./IntegerFrontEnd.ts";

/** Writes the numbers of a front end; its structure is the manifest's feature plan. See docs/artefact.md. */
export const writeFrontEnd = (writer: ByteWriter, front: IntegerFrontEnd): void => {
  const { angles, baseline, covariates, embedding, logarithms, sines, targets } = front;
  for (const target of targets) {
    writeScaling(writer, target);
    writer.list(target.ownCentre, "i32");
    writer.list(target.ownGain, "i32");
    writer.list(target.ownShift, "u8");
    writer.align();
  }
  for (const scaling of covariates) writeScaling(writer, scaling);
  for (const { gain, gainShift } of angles) {
    writer.i32(gain);
    writer.list([gainShift, 0, 0, 0], "u8");
  }
  if (baseline.kind === "linear") {
    for (const { intercepts, means, weights, weightShift } of baseline.targets) {
      writer.list([weightShift, 0, 0, 0], "u8");
      for (const values of [weights, intercepts, means]) writer.list(values, "i32");
    }
  }
  writer.list(
    Uint16Array.from(embedding, (value) => value & 65_535),
    "u16",
  );
  writer.align();
  writer.list(logarithms, "u32");
  writer.list(sines, "u16");
  writer.align();
};

/** Reads what {@link writeFrontEnd} wrote for the same plan. */
export const readFrontEnd = (reader: ByteReader, plan: FeaturePlan): IntegerFrontEnd => {
  const sensors = plan.sensors.length;
  const integers = (count: number): Int32Array => reader.into(new Int32Array(count), "i32");
  const targets = plan.targets.map(({ channel, transform }): IntegerTarget => {
    const scaling = readScaling(reader, transform);
    const ownCentre = integers(sensors);
    const ownGain = integers(sensors);
    const ownShift = reader.into(new Uint8Array(sensors), "u8");
    reader.align();
    const columns = plan.everySensor?.targets.includes(channel) ? plan.everySensor.sensors : [];
    return { ...scaling, ownCentre, ownGain, ownShift, columns: Int32Array.from(columns) };
  });
  const covariates = plan.covariates.map(({ transform }) => readScaling(reader, transform));
  const angles = plan.circular.map(() => {
    const gain = reader.i32();
    const gainShift = reader.u8();
    reader.align();
    return { gain, gainShift };
  });
  const baseline = readBaseline(reader, plan, integers);
  const embedding = reader.into(new Int16Array(sensors * (plan.embedding[0]?.length ?? 0)), "u16");
  reader.align();
  return {
    sensors,
    windowSteps: plan.windowSteps,
    horizonSteps: plan.horizonSteps,
    holdSteps: plan.holdSteps,
    contextSteps: contextSteps(plan),
    weekly: plan.weekly,
    targets,
    covariates,
    angles,
    neighbours: plan.neighbours.map((own) => Int32Array.from(own)),
    baseline,
    embedding,
    logarithms: reader.into(new Uint32Array(LOGARITHM_STEPS + 1), "u32"),
    sines: reader.into(new Uint16Array(SINE_STEPS + 1), "u16"),
  };
};

const writeScaling = (writer: ByteWriter, scaling: IntegerScaling): void => {
  writer.list([scaling.fallback, scaling.inverseQuantum, scaling.centre, scaling.gain], "i32");
  writer.list([scaling.gainShift, 0, 0, 0], "u8");
};

const readScaling = (reader: ByteReader, transform: IntegerScaling["transform"]): IntegerScaling => {
  const [fallback, inverseQuantum, centre, gain] = [reader.i32(), reader.i32(), reader.i32(), reader.i32()];
  const gainShift = reader.u8();
  reader.align();
  return { transform, fallback, inverseQuantum, centre, gain, gainShift };
};

const readBaseline = (
  reader: ByteReader,
  { baseline, horizonSteps, sensors, targets }: FeaturePlan,
  integers: (count: number) => Int32Array,
): IntegerBaseline => {
  if (baseline.kind !== "linear") return baseline;
  const { lagSteps, periodSteps } = baseline;
  const linear = targets.map((): IntegerLinearBaseline => {
    const weightShift = reader.u8();
    reader.align();
    return {
      weightShift,
      weights: integers(horizonSteps * (lagSteps + 1)),
      intercepts: integers(horizonSteps),
      means: integers(sensors.length),
    };
  });
  return { kind: "linear", lagSteps, periodSteps, targets: linear };
};
