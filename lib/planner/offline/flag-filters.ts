import { distances } from "../reach";
import type { PlannedRequest } from "../schema";
import { ruleOf } from "./aggregation-words";
import type { Clause } from "./clauses";
import { fillers } from "./lexicon";
import { nameWords, stem, type Token } from "./text";
import type { Vocabulary } from "./vocabulary";

type Filter = PlannedRequest["filters"][number];

/** "Verified sellers", "only verified ones", "unverified dealers": filters on a boolean column of that name. */
export function readFlagFilters(clauses: Clause[], entity: string | null, vocabulary: Vocabulary): Filter[] {
  const flags = flagsOf(entity, vocabulary);
  return clauses.flatMap((clause, index) =>
    clause.tokens.flatMap((token, at): Filter[] => {
      const length = token.mark ? 0 : describes(clause.tokens, at, flags);
      const flag = length > 0 ? flags.get(keyOf(clause.tokens.slice(at, at + length))) : undefined;
      if (!flag || (length === clause.tokens.length && isListed(clauses, index, vocabulary))) return [];
      const words = clause.tokens.slice(at, at + length);
      for (const one of words) one.mark = "filter";
      const isNegated = words[0]?.word.startsWith("un") === true || clause.tokens[at - 1]?.word === "non";
      const value = isNegated === (clause.mood === "exclude");
      const phrase = words.map(({ text }) => text).join(" ");
      return [
        { phrase, table: flag.table, column: flag.column, operator: "in", values: [value], mode: "replace" },
      ];
    }),
  );
}

/** "Their city, smoker and bill": between the names of columns a flag is one of them. */
function isListed(clauses: Clause[], index: number, { registry }: Vocabulary): boolean {
  const goesOn = (clause: Clause | undefined) =>
    clause?.joint !== "stop" && /^(|and|&|or|aur)$/.test(clause?.joiner ?? "");
  const before = goesOn(clauses[index]) ? clauses[index - 1] : undefined;
  const after = goesOn(clauses[index + 1]) ? clauses[index + 1] : undefined;
  return [before, after].some((clause) => {
    const words = clause?.tokens.slice(ruleOf(clause.tokens)?.end ?? 0) ?? [];
    const said = words.filter(({ mark, word }) => !mark && !fillers.has(word));
    return (
      said.length > 0 &&
      registry.features.some(({ name }) => {
        const words = nameWords(name).map(stem);
        return said.every((token) => words.includes(token.stem));
      })
    );
  });
}

/** Stems of a flag's name without `is` or `has` → the column, the nearest one where several have it. */
function flagsOf(
  entity: string | null,
  { registry }: Vocabulary,
): Map<string, { table: string; column: string }> {
  const reach = entity ? distances(entity, registry) : null;
  const flags = registry.features
    .filter(({ type, table }) => type === "boolean" && (!reach || (reach.get(table) ?? 10) < 10))
    .sort((a, b) => (reach?.get(b.table) ?? 5) - (reach?.get(a.table) ?? 5));
  return new Map(
    flags.map(({ table, name }) => {
      const words = nameWords(name).filter((word) => !/^(is|has|was|can|had)$/.test(word));
      return [words.map(stem).join(" "), { table, column: name }];
    }),
  );
}

function keyOf(words: Token[]): string {
  return words.map(({ word }) => stem(word.replace(/^(un|non)(?=\p{L}{4})/u, ""))).join(" ");
}

/** The number of words of a flag at `at` that describe the rows: before them, or after "only", "are" and the like. */
function describes(tokens: Token[], at: number, flags: Map<string, unknown>): number {
  const length = [2, 1].find(
    (size) => at + size <= tokens.length && flags.has(keyOf(tokens.slice(at, at + size))),
  );
  if (!length) return 0;
  const next = tokens[at + length];
  const before = tokens[at - 1];
  const alone = at === 0 && tokens.length === length;
  const ofRows =
    next?.mark === "entity" ||
    /^(ones|only)$/.test(next?.word ?? "") ||
    /^(are|is|only|being)$/.test(before?.word ?? "");
  return ofRows || alone ? length : 0;
}
