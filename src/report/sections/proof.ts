import { formatBound } from "../format/formatBound.ts";
import { formatNumber, formatSetting, NO_BREAK } from "../format/formatNumber.ts";
import { html, type Markup } from "../html.ts";
import type { RunSummary } from "../RunSummary.ts";
import { definitions } from "./definitions.ts";
import { scrollingTable, section } from "./section.ts";

const kindTable = (kinds: RunSummary["proof"]["kinds"]): Markup =>
  scrollingTable(
    "proof-table",
    "Windows by kind",
    html`<thead>
        <tr>
          <th scope="col">windows</th>
          <th scope="col">judged</th>
          <th scope="col">open</th>
          <th scope="col">impossible</th>
          <th scope="col">broke a rule, shielded</th>
          <th scope="col">without shield</th>
          <th scope="col">at most, shielded</th>
        </tr>
      </thead>
      <tbody>
        ${kinds.map(
          ({ kind, ...own }) =>
            html`<tr>
              <th scope="row">${kind === "clock" ? "at clock edges" : kind}</th>
              <td>${formatNumber(own.windows)}</td>
              <td>${formatNumber(own.unjudged)}</td>
              <td>${formatNumber(own.infeasible)}</td>
              <td>${formatNumber(own.failures)}</td>
              <td>${formatNumber(own.unshieldedFailures)}</td>
              <td>${formatBound(own.failureRateBound)}</td>
            </tr>`,
        )}
      </tbody>`,
  );

/** What was proved of the artefact, what not, and the command that proves it again. */
export const proof = ({ proof: result }: RunSummary): Markup => {
  const tested = result.windows > 0;
  const bound = tested
    ? `With ${formatSetting(100 * result.confidence)}${NO_BREAK}% confidence fewer than ${formatBound(result.failureRateBound)} ` +
      "windows of these kinds make the shielded model break an enforced rule."
    : "No window was tested, so there is no bound.";
  return section(
    "proof",
    "Proof",
    html`<p class="statement ${result.passed ? "good" : "bad"}">
        <strong>${result.passed ? "✓ The proof passed." : "✗ The proof failed."}</strong> ${bound}
      </p>
      ${definitions([
        ["artefact, SHA-256", html`<code>${result.artefactSha256}</code>`],
        ["seed", html`<code>${String(result.seed)}</code>`],
      ])}
      ${kindTable(result.kinds)}
      <p>
        Plausible windows are recorded ones, perturbed by noise, gaps, spikes, stuck sensors and shifts;
        hostile ones have readings that are saturated, constant, alternating, missing or out of range; those
        at clock edges are either, at a change of the clocks, a leap day, a year's or day's begin or the hours
        of a rule. The forecasts come from the artefact's own integers, as the device computes them. The bound
        is the upper end of the one-sided Clopper-Pearson interval of the failure rate. An open window is one
        that missing readings decide; after an impossible one the device proved that no forecast can keep the
        rules; neither counts as passed.
      </p>
      <h3>What it does not say</h3>
      <ul>
        <li>Nothing about inputs of another kind than those tested, or from another city.</li>
        <li>Nothing about accuracy: a forecast can keep every rule and be wrong.</li>
        <li>Nothing about what will happen: the rules bind the forecast, not the traffic or the air.</li>
        <li>Nothing about goals, which are neither enforced nor proved.</li>
        <li>Nothing about signals: a forecast is a recommendation, the controller decides.</li>
      </ul>
      <h3>Prove it again</h3>
      <pre tabindex="0"><code>${result.replayCommand}</code></pre>`,
  );
};
