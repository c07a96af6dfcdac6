import type { ShieldVerdict } from "./shield.ts";
import type { Readout } from "./TernaryModel.ts";

/** A forecast of all sensors from one origin. Quanta are whole numbers of the readout's quantum. */
export interface DeviceForecast {
  /** What the model says, [target][sensor][lead]. */
  readonly raw: Int32Array;
  /** What the shield made of it: the forecast to publish. */
  readonly shielded: Int32Array;
  /** What the quantile heads say, one a level, ascending; empty without such heads. */
  readonly quantiles: readonly DeviceQuantile[];
  /** One a rule, in the order of the artefact. */
  readonly rules: readonly DeviceVerdict[];
  /** True where it is proved that no forecast keeps all enforced rules after these readings. */
  readonly infeasible: boolean;
  /** Quanta (`raw` or `shielded`) as readings in the units of the targets, same order. */
  readonly physical: (quanta: Int32Array) => Float64Array;
}

/**
 * A quantile, each cell at least the one of the level below. The heads do not see the shield, so where it moved the
 * median they are widened: `shielded` is at most, for levels above 0.5 at least, the shielded median; `raw` the raw one.
 */
export interface DeviceQuantile {
  /** 0..1, not 0.5. */
  readonly level: number;
  /** [target][sensor][lead] */
  readonly raw: Int32Array;
  readonly shielded: Int32Array;
}

/** `before / unitsPerOne` and `after / unitsPerOne` are robustness in the unit of the rule's predicates. */
export interface DeviceVerdict extends ShieldVerdict {
  readonly name: string;
  readonly enforced: boolean;
  readonly unitsPerOne: number;
}

/**
 * Quanta [target][...] as readings. Where 1 / quantum is whole it divides by that, so that 473 quanta of 0.1 are
 * the double nearest to 47.3, the same number that a decimal text gives.
 */
export const dequantise = (quanta: Int32Array, targets: readonly Readout[]): Float64Array => {
  const values = new Float64Array(quanta.length);
  const width = quanta.length / targets.length;
  targets.forEach(({ quantum }, target) => {
    const inverse = Math.round(1 / quantum);
    const divides = inverse >= 1 && Math.abs(inverse * quantum - 1) < 1e-12;
    for (let index = target * width; index < (target + 1) * width; index++) {
      values[index] = divides ? quanta[index]! / inverse : quanta[index]! * quantum;
    }
  });
  return values;
};
