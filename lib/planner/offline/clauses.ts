import {
  conjunctions,
  cueAt,
  excludeCues,
  includeCues,
  onlyCues,
  shortExcludeCues,
  swapInCues,
  swapOutCues,
} from "./lexicon";
import type { Token } from "./text";

export type Mood = "include" | "exclude" | "only";

/** A run of words that speaks of one thing, and what is to be done with it. */
export interface Clause {
  tokens: Token[];
  mood: Mood;
  /** `out` is to be replaced by what is `in`. */
  swap: "out" | "in" | null;
  /** How it hangs on the clause before: `stop` begins a new sentence. */
  joint: "stop" | "comma" | "and" | "cue";
  /** The words that set the mood, for instance `add`. */
  cue: string;
  /** The mood was set by a clause before. */
  inherited: boolean;
  /** The conjunction it hangs on, for instance `with`. */
  joiner: string;
}

/** Splits a message at punctuation, conjunctions and cues. A mood lasts until another cue or the end of the sentence. */
export function splitClauses(tokens: Token[]): Clause[] {
  const clauses: Clause[] = [];
  let clause: Clause = {
    tokens: [],
    mood: "include",
    swap: null,
    joint: "stop",
    cue: "",
    inherited: false,
    joiner: "",
  };
  const next = (change: Partial<Clause>) => {
    if (clause.tokens.length > 0) clauses.push(clause);
    // A cue at the very start of a clause says how that clause is joined, not a new one.
    const joint = clause.tokens.length === 0 && change.joint === "cue" ? clause.joint : change.joint;
    const inherited = change.mood === undefined && (clause.tokens.length > 0 || clause.inherited);
    clause = { ...clause, joiner: "", ...change, joint: joint ?? "cue", inherited, tokens: [] };
  };

  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    const pause = at > 0 ? pauseIn(token.gap) : null;
    if (pause === "stop") next({ joint: "stop", mood: "include", swap: null, cue: "" });
    if (pause === "comma") {
      const ends = shortExcludeCues.has(clause.cue) || clause.swap === "out";
      next({
        joint: "comma",
        ...(ends && { mood: "include", swap: clause.swap === "out" ? "in" : null, cue: "" }),
      });
    }
    const length = token.mark ? 0 : takeCue(tokens, at, clause, next);
    for (const cue of tokens.slice(at, at + length)) cue.mark = "cue";
    if (length === 0) clause.tokens.push(token);
    at += Math.max(length, 1);
  }
  next({});
  return clauses;
}

function takeCue(
  tokens: Token[],
  at: number,
  clause: Clause,
  next: (change: Partial<Clause>) => void,
): number {
  const cue = (length: number) =>
    tokens
      .slice(at, at + length)
      .map(({ word }) => word)
      .join(" ");
  const out = cueAt(tokens, at, swapOutCues);
  if (out > 0) {
    next({ joint: "cue", mood: "exclude", swap: "out", cue: cue(out) });
    return out;
  }
  const into = clause.swap === "out" && clause.tokens.length > 0 ? cueAt(tokens, at, swapInCues) : 0;
  if (into > 0) {
    next({ joint: "cue", mood: "include", swap: "in", cue: cue(into) });
    return into;
  }
  // "PII nahi", "clickstream hatao": the word comes after what it rules out.
  if (postposed.test(tokens[at]?.word ?? "") && clause.tokens.length > 0) {
    clause.mood = "exclude";
    return 1;
  }
  const excludes = cueAt(tokens, at, excludeCues);
  const includes = cueAt(tokens, at, includeCues);
  const only = cueAt(tokens, at, onlyCues);
  const joins = cueAt(tokens, at, conjunctions);
  if (excludes > 0 && excludes >= Math.max(includes, joins) && excludes >= only) {
    next({ joint: "cue", mood: "exclude", swap: null, cue: cue(excludes) });
    return excludes;
  }
  if (only > 0 && only >= includes) {
    next({ joint: "cue", mood: "only", cue: cue(only) });
    return only;
  }
  if (includes > 0 && includes >= joins) {
    // "Only include …", "keep only …": the narrower word holds.
    const mood = clause.mood === "only" && clause.tokens.length === 0 ? "only" : "include";
    next({ joint: "cue", mood, swap: clause.swap === "in" ? "in" : null, cue: cue(includes) });
    return includes;
  }
  // "Exclude sellers with fewer than 5 listings" is one thing that is excluded.
  const rows = clause.tokens.some(({ mark }) => mark === "entity");
  if (joins > 0 && !(clause.mood === "exclude" && rows && relative.has(cue(joins)))) {
    next({ joint: "and", joiner: cue(joins) });
    return joins;
  }
  return 0;
}

const postposed = /^(nahi|hatao|mat)$/;
const relative = new Set(["with", "where", "whose", "having", "that have", "who have"]);

/**
 * Ruling out a place ends with the places: in "outside Delhi and Kolkata with browsing data" the data are wanted. Called
 * when values are known.
 */
export function endExclusionsOfValues(clauses: Clause[], hasValues: (clause: Clause) => boolean): void {
  let ofValues = false;
  for (const clause of clauses) {
    if (!clause.inherited) ofValues = clause.mood === "exclude" && hasValues(clause);
    else if (ofValues && clause.mood === "exclude" && !hasValues(clause)) clause.mood = "include";
  }
}

function pauseIn(gap: string): "stop" | "comma" | null {
  if (/[.;!?\n|](\s|$)|[\n;!?]/.test(gap)) return "stop";
  return /[,:()[\]{}—–"“”]|\s-\s/.test(gap) ? "comma" : null;
}
