import type { FeedSourceFile } from "../feed/FeedFile.ts";
import type { FeedSource } from "./FeedSource.ts";
import { fileSource, type SourcePlace } from "./fileSource.ts";
import { mqttSource } from "./mqttSource.ts";

/**
 * A source of a feed; it begins when its batches are pulled.
 *
 * @param once end with what is there by now, followed or not
 */
export const openSource = (source: FeedSourceFile, place: SourcePlace, once: boolean): FeedSource =>
  source.kind === "mqtt" ? mqttSource(source, place.card, once) : fileSource(source, place, once);
