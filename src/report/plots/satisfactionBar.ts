import { html, nothing, trusted, type Markup } from "../html.ts";

const WIDTH = 64;
const HEIGHT = 8;

/** A small bar for a share 0..1 beside its figure; nothing where the share was not judged. */
export const satisfactionBar = (share: number): Markup => {
  if (!Number.isFinite(share)) return nothing;
  const filled = (WIDTH * Math.min(1, Math.max(0, share))).toFixed(1);
  return html`<svg
    class="bar"
    aria-hidden="true"
    width="${String(WIDTH)}"
    height="${String(HEIGHT)}"
    ${trusted(`viewBox="0 0 ${WIDTH} ${HEIGHT}"`)}
  >
    <rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="var(--track)" />
    <rect width="${filled}" height="${String(HEIGHT)}" fill="var(--shielded)" />
  </svg>`;
};
