import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alignBuckets,
  type BinCounts,
  type Bucket,
  chiSquare,
  jsDistance,
  jsDivergence,
  klDivergence,
  kolmogorovSmirnov,
  lInfinity,
  lInfinityRobust,
  stability,
  stabilityIndex,
  type Weights,
} from ".";

type InputName =
  | ("ref" | "cur" | "ref_buckets" | "cur_buckets" | "ref_counts" | "cur_counts" | "ref_weights" | "p" | "q")
  | ("x" | "y" | "observed" | "observed_values" | "expected" | "tail_weight_holdout" | "sample")
  | ("reference" | "current" | "reference_counts" | "current_counts" | "reference_weights");

interface Case {
  id: string;
  use: string;
  /** Every judge has inputs of its own shape, and what is `never` can be handed to any function. */
  inputs: Record<InputName, never>;
  expected: number | { statistic: number; pvalue: number };
  tolerance: number;
}

const cases = JSON.parse(readFileSync("tests/cases/drift.json", "utf8")) as Case[];
const judges = new Map(cases.filter(({ use }) => use === "judge").map((judge) => [judge.id, judge]));

const counted = (values: string[]): Weights =>
  values.reduce<Weights>((counts, value) => Object.assign(counts, { [value]: (counts[value] ?? 0) + 1 }), {});
const indexed = (counts: number[]): Weights =>
  Object.fromEntries(counts.map((count, index) => [`${index}`, count]));
const linspace = (from: number, to: number, n: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1) + shift);

/** What we answer to each judge, in the shape in which it expects the answer. */
const answers: Record<string, (inputs: Case["inputs"]) => unknown> = {
  "js-tfdv-no-overlap": ({ ref_buckets, cur_buckets }) =>
    jsDivergence(...alignBuckets(ref_buckets as Bucket[], cur_buckets as Bucket[])),
  "js-tfdv-nan-bucket": ({ ref, cur }) => jsDivergence(ref, cur),
  "js-tfdv-categorical": ({ ref_counts, cur_counts }) => jsDivergence(ref_counts, cur_counts),
  "js-tfdv-empty": () => refusal(() => jsDivergence({}, { a: 1 })),
  "js-scipy-2": ({ p, q }) => jsDistance(indexed(p), indexed(q)),
  "kl-ge-uniform": ({ observed, expected }) => klDivergence(observed, expected),
  "kl-ge-holdout-0.05": holdout,
  "kl-ge-holdout-0.1": holdout,
  "kl-ge-unseen-no-holdout": (inputs) => {
    const value = holdout(inputs);
    return { success: value !== null, value };
  },
  "linf-deequ-simple": ({ reference_counts, current_counts }) => lInfinity(reference_counts, current_counts),
  "linf-deequ-robust-small-sample": ({ reference_counts, current_counts }) =>
    lInfinityRobust(reference_counts, current_counts),
  "linf-nannyml-new-category": ({ reference, current }) => lInfinity(counted(reference), counted(current)),
  "chi2-evidently-p": ({ reference_counts, current_counts }) => {
    const test = chiSquare(indexed(reference_counts), indexed(current_counts));
    return "pValue" in test ? test.pValue : test;
  },
  "chi2-soda-small": ({ current_counts, ref_weights }) =>
    chiSquare(indexed(ref_weights), indexed(current_counts)),
  "chi2-deequ-nan": ({ sample, expected }) => chiSquare(expected, sample),
  "ks-scipy-ties": ({ x, y }) => kolmogorovSmirnov(x, y),
  "ks-scipy-2v3-plus": ({ x, y }) => kolmogorovSmirnov(x, y),
  "ks-scipy-2v3-minus": ({ x, y }) => kolmogorovSmirnov(x, y),
  "ks-scipy-2v4": ({ x, y }) => kolmogorovSmirnov(x, y),
  "ks-scipy-100v110": () => kolmogorovSmirnov(linspace(1, 100, 100), linspace(1, 100, 110, 20.1)),
};

/** Refusals have no number; each judge's own word for it stands beside ours. */
const refusals: Record<string, unknown> = {
  "js-tfdv-empty": "BAD_INPUT",
  "chi2-soda-small": { refused: "too_few_rows" },
  "chi2-deequ-nan": { refused: "too_few_categories" },
};

describe("drift measures", () => {
  it("answers every judge of the cases", () => {
    expect(Object.keys(answers).sort()).toEqual([...judges.keys()].sort());
  });

  it.each(Object.keys(answers))("%s", (id) => {
    const { inputs, expected, tolerance } = judges.get(id) as Case;
    const answer = answers[id]?.(inputs);
    if (id in refusals) expect(answer).toEqual(refusals[id]);
    else if (typeof expected === "number")
      expect(Math.abs(Number(answer) - expected)).toBeLessThanOrEqual(tolerance);
    else if ("statistic" in expected) {
      const { statistic, pValue } = answer as { statistic: number; pValue: number };
      expect(Math.abs(statistic - expected.statistic)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(pValue - expected.pvalue)).toBeLessThanOrEqual(tolerance);
    } else expect(answer).toEqual(expected);
  });

  it("takes categories for categories, where a histogram of their counts would cry drift", () => {
    const trap = cases.find(({ id }) => id === "psi-soda-categorical-TRAP") as Case;
    const weights: Weights = trap.inputs.reference_weights as never;
    const counts: Weights = trap.inputs.current_counts as never;
    const reference = bins(Object.values(weights).map((weight) => weight * 1000));
    const psi = stabilityIndex(reference, bins(Object.values(counts)));
    expect(psi).toBeCloseTo(0.1 * Math.log(2) - 0.1 * Math.log(0.75), 3);
    expect(psi).not.toBeCloseTo(Number(trap.expected), 1);
  });
});

describe("the stability index", () => {
  it("is nothing between equals, and the same both ways", () => {
    const counts = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(counts, counts, (p, q) => {
        const [one, other] = [bins([...p, 1]), bins([...p.map((_, i) => q[i] ?? 0), 1])];
        expect(stabilityIndex(one, one)).toBe(0);
        expect(stabilityIndex(one, other)).toBeGreaterThanOrEqual(0);
        expect(stabilityIndex(one, other)).toBeCloseTo(stabilityIndex(other, one), 9);
      }),
    );
  });

  it("halts when a column is suddenly missing, and when values come that were never foreseen", () => {
    const even = bins(Array(10).fill(100));
    expect(stability(even, { values: Array(10).fill(0), missing: 1000, other: 0 }).verdict).toBe("halt");
    expect(stability(even, { values: Array(10).fill(50), missing: 0, other: 500 }).verdict).toBe("halt");
    expect(stability(even, bins(Array(10).fill(77))).verdict).toBe("pass");
    expect(stability(even, bins([180, 140, ...Array(8).fill(85)])).verdict).toBe("pass");
    expect(stability(even, bins([250, 150, ...Array(8).fill(75)])).verdict).toBe("warn");
  });

  it("never calls stable what is too small to tell", () => {
    const few = bins(Array(10).fill(19));
    expect(stability(few, few)).toMatchObject({
      verdict: "insufficient",
      why: expect.stringContaining("190 rows"),
    });
    const thin = bins([300, 1]);
    expect(stability(thin, thin).verdict).toBe("insufficient");
    expect(stability(bins([]), bins([])).verdict).toBe("insufficient");
  });

  it("judges by the share of rows with a value where too few have one to tell more", () => {
    const sparse = { values: Array(10).fill(7), missing: 230, other: 0 };
    const elsewhere = { values: [0, 20, 0, 20, 0, 20, 0, 10, 0, 0], missing: 230, other: 0 };
    expect(stability(sparse, elsewhere)).toMatchObject({
      verdict: "insufficient",
      why: "70 rows with a value are fewer than 200",
    });
    expect(stability(sparse, { ...elsewhere, missing: 2300 }).verdict).toBe("halt");
    expect(stability(sparse, { values: Array(10).fill(0), missing: 300, other: 0 }).verdict).toBe("halt");
    expect(stability(sparse, { values: Array(10).fill(0), missing: 230, other: 70 }).verdict).toBe("halt");
  });

  it("allows an empty missing bin on the reference's side", () => {
    const reference = bins(Array(10).fill(100));
    expect(stability(reference, { ...reference, missing: 3 }).verdict).toBe("pass");
  });
});

function bins(values: number[]): BinCounts {
  return { values, missing: 0, other: 0 };
}

function holdout({ observed_values, expected, tail_weight_holdout }: Case["inputs"]): number | null {
  return klDivergence(counted(observed_values), expected, tail_weight_holdout);
}

function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}
