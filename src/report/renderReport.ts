import { type Content, html, trusted } from "./html.ts";
import type { RunSummary } from "./RunSummary.ts";
import { alarms } from "./sections/alarms.ts";
import { errors } from "./sections/errors.ts";
import { facts } from "./sections/facts.ts";
import { forecasts } from "./sections/forecasts.ts";
import { header } from "./sections/header.ts";
import { proof } from "./sections/proof.ts";
import { quantiles } from "./sections/quantiles.ts";
import { rules } from "./sections/rules.ts";
import { training } from "./sections/training.ts";
import { unseen } from "./sections/unseen.ts";
import { verdict } from "./sections/verdict.ts";
import { worst } from "./sections/worst.ts";
import { styleSheet } from "./styleSheet.ts";

type Entry = readonly [id: string, title: string];

const contentsOf = (summary: RunSummary): readonly Entry[] => [
  ["verdict", "Verdict"],
  ["forecasts", "Forecasts"],
  ["errors", "Errors"],
  ...(summary.unseen === undefined ? [] : [["unseen", "Unseen sensors"] satisfies Entry]),
  ...(summary.quantiles === undefined ? [] : [["quantiles", "Quantiles"] satisfies Entry]),
  ...((summary.alarms ?? []).length === 0 ? [] : [["alarms", "Alarms"] satisfies Entry]),
  ["rules", "Rules"],
  ["worst", "Worst windows"],
  ["training", "Training"],
  ["proof", "Proof"],
  ["facts", "Sizes, data, settings"],
];

const scores = (summary: RunSummary): Content => [
  errors(summary),
  unseen(summary),
  quantiles(summary),
  alarms(summary),
];

/**
 * The report of a run as one HTML page that opens offline: no script, no request, pictures as inline SVG.
 *
 * All text of the summary is escaped, and a content security policy in the page forbids scripts and requests
 * besides. The same summary gives the same bytes, also after a round trip through JSON, where NaN becomes
 * null. Readers and browsers from 400 px on, light and dark, and paper are served.
 *
 * @param summary what the run left; shares 0..1, instants in ms since 1970, a valid IANA zone.
 * @throws RangeError where the zone of the data set is not known to the runtime.
 */
export const renderReport = (summary: RunSummary): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${summary.dataset.title}, ${summary.instant}: Ordinance report</title>
        <style>
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <main>
          ${header(summary)}
          <nav aria-label="Contents">
            <ul>
              ${contentsOf(summary).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${verdict(summary)} ${forecasts(summary)} ${scores(summary)} ${rules(summary)} ${worst(summary)}
          ${training(summary)} ${proof(summary)} ${facts(summary)}
        </main>
      </body>
    </html> `.markup;
