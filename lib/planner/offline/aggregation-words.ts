import type { AggregationRule } from "@/lib/registry/types";
import { cueAt, fillers } from "./lexicon";
import type { Token } from "./text";

const sequences = (text: string) => text.split("|").map((entry) => entry.split(" "));

const cues: [AggregationRule, string[][]][] = [
  ["mean", sequences("average|average of|avg|avg of|mean|mean of")],
  ["sum", sequences("total|total of|sum|sum of|sum total of")],
  ["max", sequences("max|maximum|highest|largest|greatest|biggest|max of|maximum of|peak")],
  ["min", sequences("min|minimum|lowest|smallest|least|min of|minimum of")],
  ["latest", sequences("latest|last|most recent|newest")],
  ["count", sequences("number of|count of|no of|how many|total number of|total count of")],
];

/** Words of feature names that say the same as a rule. */
export const ruleNames: Partial<Record<AggregationRule, Set<string>>> = {
  mean: new Set(["mean", "avg", "average"]),
  sum: new Set(["total", "sum"]),
  max: new Set(["max", "maximum", "highest", "largest"]),
  min: new Set(["min", "minimum", "lowest", "smallest"]),
  latest: new Set(["latest", "last"]),
  count: new Set(["count", "num", "number", "n", "total", "cnt"]),
};

/** "Average weight": the rule that a wish begins with, and where the words that follow it begin; null when there is none. */
export function ruleOf(tokens: Token[]): { rule: AggregationRule; end: number } | null {
  for (let at = 0; at < tokens.length; at++) {
    let best: { rule: AggregationRule; end: number } | null = null;
    for (const [rule, sequences] of cues) {
      const length = cueAt(tokens, at, sequences);
      if (length > 0 && at + length > (best?.end ?? 0)) best = { rule, end: at + length };
    }
    if (best) return best;
    const token = tokens[at] as Token;
    if (!token.mark && !fillers.has(token.word)) return null;
  }
  return null;
}
