/** Writes a proved artefact as C99 for a controller. */
import { Effect, Path, Schema } from "effect";
import { ArtefactError, exportDevice } from "../edge/index.ts";
import { readArtefact } from "./readArtefact.ts";
import { readProof } from "./readProof.ts";
import { ensureWritable, writeFileAtomically } from "./RunDirectory.ts";
import { readSigners } from "./signerKeys.ts";

/** The artefact cannot be written as asked. */
export class DeviceExportRefused extends Schema.TaggedError<DeviceExportRefused>()("DeviceExportRefused", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}

export interface ExportOptions {
  readonly artefactPath: string;
  readonly folder: string;
  /** Name of the files and of their functions. */
  readonly name: string;
  /** By default `proof.json` beside the artefact. */
  readonly proofPath?: string;
  /** File of public keys: the proof must be signed by one of them. */
  readonly trustPath?: string;
}

export const exportArtefact = Effect.fn("exportArtefact")(function* (options: ExportOptions) {
  const path = yield* Path.Path;
  const { artefact } = yield* readArtefact(options.artefactPath);
  const { sha256 } = artefact;
  const signers = options.trustPath === undefined ? undefined : yield* readSigners(options.trustPath);
  const proofPath = options.proofPath ?? path.join(path.dirname(options.artefactPath), "proof.json");
  const proof = yield* readProof(proofPath, sha256, signers);
  const { exported, host } = yield* Effect.try({
    try: () => exportDevice(artefact, options.name),
    catch: (cause) => cause,
  }).pipe(
    Effect.catch((cause) =>
      cause instanceof ArtefactError
        ? Effect.fail(new DeviceExportRefused({ path: options.artefactPath, reason: cause.message }))
        : Effect.die(cause),
    ),
  );
  yield* ensureWritable(options.folder);
  const written = {
    header: path.join(options.folder, `${options.name}.h`),
    source: path.join(options.folder, `${options.name}.c`),
    host: path.join(options.folder, `${options.name}_host.c`),
    makefile: path.join(options.folder, "Makefile"),
  };
  yield* writeFileAtomically(written.source, exported.source);
  yield* writeFileAtomically(written.header, exported.header);
  yield* writeFileAtomically(written.host, host.source);
  yield* writeFileAtomically(written.makefile, host.makefile);
  return { ...written, exported, proof, sha256 };
});
