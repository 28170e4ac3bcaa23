import type { ApprovalPayload } from "./approval";
import type { Decision } from "./state";

/** Whole messages that are an answer in themselves. Anything longer is words to be read, and decides nothing. */
const yes =
  /^(yes|yes please|yep|yeah|ok|okay|sure|approved?|go ahead|do it|confirm(ed)?|sounds good|looks good)$/;
const exportIt =
  /^((yes|ok|go ahead)[, ]+)?(and )?(please )?(stamp and )?(export|stamp)( it| this| that| the matrix)?( now)?( please)?$/;
const no = /^(no|no thanks|nope|reject|cancel|don'?t|not now|skip( it)?|none)$/;
const all = /^(all|all of them|add all|take all|everything)$/;

/**
 * A message typed while a question waits. A plain yes takes what was proposed, a plain no declines, a choice's own label
 * or number chooses it; any other words reject the question as it stands and are read as the next message.
 */
export function readTypedAnswer(text: string, question: ApprovalPayload): Omit<Decision, "decidedBy"> {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[.!\s]+$/, "");
  if (yes.test(words)) return approve(proposedAnswers(question), proposedGroups(question));
  if (question.kind === "export" && exportIt.test(words)) return approve({}, []);
  if (no.test(words)) return { ...approve({}, []), decision: "reject" };
  if (question.kind === "enrich" && all.test(words)) {
    return approve(
      {},
      question.groups.map(({ id }) => id),
    );
  }
  const chosen = question.kind === "clarify" ? chooseByWords(words, question) : null;
  if (chosen) return approve(chosen, []);
  return { ...approve({}, []), decision: "reject", feedback: text };
}

/** What `--yes` and a plain yes take. */
export function proposedAnswers(question: Pick<ApprovalPayload, "questions">): Record<string, string> {
  return Object.fromEntries(
    question.questions.flatMap(({ id, choices }) => {
      const choice = choices.find(({ proposed }) => proposed) ?? choices[0];
      return choice ? [[id, choice.id]] : [];
    }),
  );
}

export function proposedGroups(question: Pick<ApprovalPayload, "groups">): string[] {
  return question.groups.filter(({ proposed }) => proposed).map(({ id }) => id);
}

/** One question, answered by a choice's label, its id or its number in the list. */
function chooseByWords(words: string, { questions }: ApprovalPayload): Record<string, string> | null {
  const [only] = questions;
  if (!only || questions.length > 1) return null;
  const choice = only.choices.find(
    ({ id, label }, index) =>
      label.toLowerCase() === words || id.toLowerCase() === words || String(index + 1) === words,
  );
  return choice ? { [only.id]: choice.id } : null;
}

function approve(answers: Record<string, string>, groups: string[]): Omit<Decision, "decidedBy"> {
  return { decision: "approve", answers, groups, feedback: null, choice: null };
}
