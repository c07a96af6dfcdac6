import { ArtefactError } from "./ArtefactError.ts";
import { clamp, FEATURE_MAXIMUM, FEATURE_ONE } from "./fixedPoint.ts";

/**
 * The border between the float front end and the integers: features times 1024, rounded to nearest, halves up,
 * kept within +-6144. Throws an {@link ArtefactError} for a feature that is not finite.
 */
export const quantiseFeatures = (features: Float32Array): Int16Array => {
  const integers = new Int16Array(features.length);
  for (let index = 0; index < features.length; index++) {
    const value = Math.floor(features[index]! * FEATURE_ONE + 0.5);
    if (!Number.isFinite(value)) {
      throw new ArtefactError(
        "not-representable",
        `feature ${index} is ${features[index]}; the feature plan must give a finite number for every reading`,
      );
    }
    integers[index] = clamp(value, -FEATURE_MAXIMUM, FEATURE_MAXIMUM);
  }
  return integers;
};
