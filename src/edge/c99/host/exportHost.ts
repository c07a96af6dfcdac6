/** Writes the host program of an exported model: readings as text on its input, forecasts as text on its output. */
import { decimalText } from "./decimalText.ts";
import { forecastText } from "./forecastText.ts";
import type { HostFacts } from "./HostFacts.ts";
import { hostTables } from "./hostTables.ts";
import { instantText } from "./instantText.ts";
import { intakeText } from "./intakeText.ts";
import { lineText } from "./lineText.ts";

export interface HostExport {
  /** Contents of `NAME_host.c`. */
  readonly source: string;
  /** Contents of a `Makefile` that builds it. */
  readonly makefile: string;
}

/**
 * Writes the host program of the model `NAME`, exported with its front end.
 *
 * Throws an {@link ArtefactError} `not-representable` for a quantum of more than three digits.
 */
export const exportHost = (facts: HostFacts): HostExport => ({
  source: `/*
 * ${facts.origin}
 *
 * The host program of ${facts.name}: no part of the device's image. It reads readings and prints forecasts; --help says how.
 */
#include "${facts.name}.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

${hostTables(facts)}
${decimalText()}${instantText()}${lineText()}${forecastText(facts)}${intakeText(facts)}`,
  makefile: makefileText(facts.name),
});

const makefileText = (name: string): string => `CFLAGS ?= -O2

${name}_host: ${name}_host.c ${name}.c ${name}.h
\t$(CC) -std=c99 $(CFLAGS) -o $@ ${name}_host.c ${name}.c

clean:
\trm -f ${name}_host

.PHONY: clean
`;
