/**
 * Upper end of the one-sided Clopper-Pearson interval: the failure rate p at which `failures` or fewer of `trials`
 * have probability 1 - confidence (Clopper and Pearson, Biometrika 26, 1934). It holds for independent trials from
 * one distribution, and for that distribution only. 1 where there are no trials.
 *
 * @example
 * clopperPearsonUpper(0, 1000, 0.95).toFixed(5); // => "0.00299"
 */
export const clopperPearsonUpper = (failures: number, trials: number, confidence: number): number => {
  if (failures >= trials) return 1;
  const logAlpha = Math.log1p(-confidence);
  let low = failures / trials;
  let high = 1;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (logBinomialTail(failures, trials, middle) > logAlpha) low = middle;
    else high = middle;
  }
  return high;
};

/** log P(X <= successes) of a binomial distribution, summed in logarithms from the largest term's scale. */
const logBinomialTail = (successes: number, trials: number, rate: number): number => {
  if (rate <= 0) return 0;
  if (rate >= 1) return -Infinity;
  const logOdds = Math.log(rate) - Math.log1p(-rate);
  let term = trials * Math.log1p(-rate);
  let sum = term;
  for (let count = 1; count <= successes; count++) {
    term += Math.log((trials - count + 1) / count) + logOdds;
    const larger = Math.max(sum, term);
    sum = larger + Math.log1p(Math.exp(Math.min(sum, term) - larger));
  }
  return sum;
};
