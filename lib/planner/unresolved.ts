import type { Registry } from "@/lib/registry/types";
import { filterText } from "./apply-filters";
import { readConditionText } from "./condition-text";
import { editDistance } from "./offline/text";
import type { Question } from "./question";
import type { PlannedRequest } from "./schema";

type Unresolved = PlannedRequest["unresolved"][number];

/** The answer that takes none of what is offered. */
export const leaveOut = "leave-out";

/** What must be decided becomes a question; what cannot be had is told in a sentence, added to `changes`. */
export function questionsOf(unresolved: Unresolved[], registry: Registry, changes: string[]): Question[] {
  return unresolved.flatMap((item) => questionOf(item, registry, changes));
}

function questionOf(item: Unresolved, registry: Registry, changes: string[]): Question[] {
  switch (item.reason) {
    case "value_unknown":
      return item.table && item.column ? [valueQuestion(item)] : told(changes, unknownText(item));
    case "value_ambiguous":
      return [columnQuestion(item)];
    case "contradiction":
      return item.suggestions.length > 0
        ? [contradictionQuestion(item)]
        : told(changes, `“${item.phrase}” contradicts itself, so it is not applied.`);
    case "stamp_unknown":
      return told(changes, `There is no stamp “${item.phrase}” here; ${registry.stamp} is used.`);
    case "entity_unknown":
    case "features_unknown":
      return told(changes, unknownText(item));
  }
}

function valueQuestion({ phrase, table, column, suggestions }: Unresolved): Question {
  const operator = phrase.startsWith("not ") ? "not_in" : "in";
  const text = phrase.replace(/^not /, "");
  const near = suggestions.some((value) => editDistance(value.toLowerCase(), text.toLowerCase(), 2) <= 2);
  return {
    id: `value:${operator}:${table}.${column}:${text}`.slice(0, 200),
    text: `There is no “${text}” in ${column}. Which did you mean?`,
    choices: [
      ...suggestions.map((value, index) => ({ id: value, label: value, proposed: near && index === 0 })),
      { id: leaveOut, label: "None of these: leave the filter out", proposed: !near },
    ],
  };
}

/** Suggestions are conditions, `TABLE.COLUMN in ["…"]`. */
function columnQuestion({ phrase, suggestions }: Unresolved): Question {
  const conditions = suggestions.flatMap((id) => ({ id, filter: readConditionText(id) }));
  return {
    id: `condition:${phrase}`.slice(0, 200),
    text: `“${phrase}” may be said of several columns. Which one is meant?`,
    choices: [
      ...conditions.map(({ id, filter }, index) => ({
        id,
        label: filter ? filterText(filter) : id,
        ...(filter && { detail: filter.table }),
        proposed: index === 0,
      })),
      { id: leaveOut, label: "None of these: leave the filter out", proposed: false },
    ],
  };
}

/** Suggestions of a contradiction read `operator:value`, or `keep` and `leave-out` for a table. */
function contradictionQuestion({ phrase, table, column, suggestions }: Unresolved): Question {
  return {
    id: `contradiction:${[table, column].filter(Boolean).join(".")}`.slice(0, 200),
    text: `“${phrase}” asks for two things that exclude each other. Which one holds?`,
    choices: [
      ...suggestions.map((id) => ({
        id,
        label: id.replace(":", " ").replace("not_in", "not in"),
        proposed: false,
      })),
      { id: leaveOut, label: "Neither", proposed: true },
    ],
  };
}

function unknownText({ phrase, suggestions }: Unresolved): string {
  const nearest = suggestions.length > 0 ? ` Nearest: ${suggestions.join(", ")}.` : "";
  return `Nothing in the mart fits “${phrase}”.${nearest}`;
}

function told(changes: string[], sentence: string): Question[] {
  changes.push(sentence);
  return [];
}
