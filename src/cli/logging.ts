import { Layer, Logger } from "effect";
import { FetchHttpClient } from "effect/http";
import { Otlp, OtlpSerialization } from "effect/observability";
import { productVersion } from "./productVersion.ts";

/** Logs on standard error, and to an OTLP collector where the environment names one. */
export const logging = (form: "text" | "json"): Layer.Layer<never> => {
  const local = Logger.layer([
    Logger.withConsoleError(form === "json" ? Logger.formatJson : Logger.formatLogFmt),
  ]);
  if (process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] === undefined) return local;
  const resource = { serviceName: "ordinance", serviceVersion: productVersion() };
  const remote = Otlp.layerFromConfig({ resource, loggerMergeWithExisting: true }).pipe(
    Layer.provide(OtlpSerialization.layerJson),
    Layer.provide(FetchHttpClient.layer),
  );
  return Layer.provideMerge(remote, local);
};
