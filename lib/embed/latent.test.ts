import { describe, expect, it } from "vitest";
import { fitLatent } from "./latent";
import { addTerms, type TermWeights } from "./terms";

const texts = [
  "visitors open the page and click",
  "visitors click a button",
  "page opened by visitors",
  "rain and wind at the station",
  "wind speed at noon",
  "median household income",
];
const termsOf = (text: string) => {
  const terms: TermWeights = new Map();
  addTerms(terms, text);
  return terms;
};
const fitted = () => fitLatent(texts.map(termsOf));
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

async function similarity(a: string, b: string): Promise<number> {
  const [one, other] = await fitted().embed([a, b]);
  return one && other ? cosine(one, other) : Number.NaN;
}

describe("fitLatent", () => {
  it("makes the same vectors each time, of length one", async () => {
    const [first] = await fitted().embed(["visitors click"]);
    const [second] = await fitted().embed(["visitors click"]);
    expect(first).toEqual(second);
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5);
  });

  it("puts related texts nearer than unrelated ones", async () => {
    expect(await similarity("click", "page of visitors")).toBeGreaterThan(await similarity("click", "wind"));
  });

  it("knows synonyms that never meet in the texts", async () => {
    expect(await similarity("how wealthy", "median household income")).toBeGreaterThan(0.5);
  });

  it("sees through a typing error", async () => {
    expect(await similarity("housheold", "median household income")).toBeGreaterThan(0.5);
  });

  it("gives zeros for what it knows nothing of", async () => {
    const [vector] = await fitted().embed(["muons"]);
    expect(vector?.every((x) => x === 0)).toBe(true);
  });

  it("fits no documents and one", async () => {
    expect(await fitLatent([]).embed(["anything"])).toHaveLength(1);
    expect(await fitLatent([termsOf("page")]).embed(["page"])).toHaveLength(1);
  });
});
