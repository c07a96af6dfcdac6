import { Stream } from "effect";
import type { MqttFeed } from "../feed/FeedFile.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { type FeedSource, SourceAccount } from "./FeedSource.ts";

export const mqttSource = (source: MqttFeed, _card: StoreCard): FeedSource => ({
  account: new SourceAccount(`mqtt ${source.url}`, "mqtt"),
  batches: Stream.never,
});
