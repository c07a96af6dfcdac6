import { create, lusolveDependencies, lupDependencies, type Matrix, matrixDependencies } from "mathjs";

/** Adds the upper triangle of row row^T to a Gram matrix, [input][input]. */
export const addOuterProduct = (gram: Float64Array, row: Float64Array): void => {
  const inputs = row.length;
  for (let i = 0; i < inputs; i++) {
    const value = row[i]!;
    if (value === 0) continue;
    const offset = i * inputs;
    for (let j = i; j < inputs; j++) gram[offset + j]! += value * row[j]!;
  }
};

/**
 * Solves (gram + penalty) X = moments: coefficients of a ridge regression, [input][output]. The last input is the
 * intercept, which is not penalised.
 *
 * @param gram upper triangle of the sum of row row^T, [input][input]
 * @param moments sum of row times output, [input][output]
 */
export const solveRidge = (
  gram: Float64Array,
  moments: Float64Array,
  outputs: number,
  penalty: number,
): number[][] => {
  const inputs = moments.length / outputs;
  const math = create({
    ...lupDependencies,
    ...lusolveDependencies,
    ...matrixDependencies,
  });
  const normal = Array.from({ length: inputs }, (_, i) =>
    Array.from({ length: inputs }, (_unused, j) => {
      const entry = i <= j ? gram[i * inputs + j]! : gram[j * inputs + i]!;
      return i === j ? entry + (i === inputs - 1 ? 1e-9 : penalty) : entry;
    }),
  );
  const factors = math.lup(math.matrix(normal));
  const solution: number[][] = Array.from({ length: inputs }, () => []);
  for (let output = 0; output < outputs; output++) {
    const right = Array.from({ length: inputs }, (_, i) => moments[i * outputs + output]!);
    const column = (math.lusolve(factors, right) as unknown as Matrix | number[][]).valueOf() as number[][];
    column.forEach((entry, i) => (solution[i]![output] = entry[0]!));
  }
  return solution;
};
