import { formatDuration } from "../parseDuration.ts";
import type { StoreCard } from "./StoreCard.ts";

const channelsOf = ({ channels }: StoreCard): string =>
  channels.map(({ name, unit }) => `${name} in ${unit}`).join(", ");

/** How the card that a store was begun with differs from another, where that makes it another store. */
export const cardDifference = (stored: StoreCard, card: StoreCard): string | undefined => {
  if (channelsOf(stored) !== channelsOf(card)) {
    return `the channels ${channelsOf(stored)}, not ${channelsOf(card)}`;
  }
  return stored.stepMs === card.stepMs
    ? undefined
    : `a step of ${formatDuration(stored.stepMs)}, not ${formatDuration(card.stepMs)}`;
};
