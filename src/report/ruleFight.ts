import { formatQuantity } from "./format/formatNumber.ts";
import { formatShare } from "./format/formatShare.ts";
import type { RuleSummary } from "./RunSummary.ts";

/** Share of the error without a shield that a rule may add to it, enforced alone, before it counts as fighting the data. */
const COSTLY_SHARE = 0.01;
/**
 * Share of origins by which what happened must break a rule more often than the unshielded forecast does. Some excess
 * is no fight: a forecast is smoother than what happens, so it keeps ramps and limits that noise breaks now and then.
 */
const BROKEN_EXCESS = 0.05;

/** What a rule says against the data, in words; undefined where it does not fight them. */
export const ruleFight = (rule: Pick<RuleSummary, "cost" | "rates">): string | undefined => {
  const { ternary, truth } = rule.rates;
  const broken =
    ternary - truth > BROKEN_EXCESS
      ? [
          `what happened breaks it on ${formatShare(1 - truth)} of origins, the forecast without a shield on ${formatShare(1 - ternary)}`,
        ]
      : [];
  const costly = (rule.cost ?? [])
    .filter(({ mae, rise }) => rise > COSTLY_SHARE * mae)
    .map(
      ({ channel, mae, rise, unit }) =>
        `enforced alone it raises the error of ${channel} by ${formatQuantity(rise, unit)} (${formatShare(rise / mae)})`,
    );
  const reasons = [...broken, ...costly];
  return reasons.length === 0 ? undefined : reasons.join("; ");
};
