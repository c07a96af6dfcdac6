import { array, assert, constantFrom, property } from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { html, trusted } from "../../src/report/html.ts";

describe("html", () => {
  it("escapes strings and leaves markup as it is, nested and in arrays", () => {
    const item = html`<i>${`<b a="x" b='y'>&`}</i>`;
    expect(html`<p>${[item, "<", [trusted("<br>")]]}</p>`.markup).toBe(
      "<p><i>&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;</i>&lt;<br></p>",
    );
  });

  it("gives any text back when a parser reads it, as content and as attribute", () => {
    const text = array(constantFrom("<", ">", "&", '"', "'", "amp;", "script", "/", "é", " "), {
      maxLength: 12,
    });
    assert(
      property(text, (parts) => {
        const expected = parts.join("");
        const { document } = parseHTML(
          html`<html>
            <body>
              <p title="${expected}">${expected}</p>
            </body>
          </html>`.markup,
        );
        expect(document.querySelector("p")?.textContent).toBe(expected);
        expect(document.querySelector("p")?.getAttribute("title")).toBe(expected);
        expect(document.querySelectorAll("body *")).toHaveLength(1);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
