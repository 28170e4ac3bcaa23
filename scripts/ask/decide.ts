import type { ApprovalPart, DecisionPart } from "@/agents/parts";
import { proposedAnswers, proposedGroups } from "@/agents/typed-answer";
import { plainWords } from "@/lib/plain-words";
import type { Prompt } from "./prompt";

/** `--yes`: takes every proposed answer and group. */
export function decideByProposal(approval: ApprovalPart): DecisionPart {
  console.log(`\n${approval.title}`);
  printGroups(approval);
  for (const { text, choices } of approval.questions) {
    console.log(`  ${plainWords(`${text} ${choices.find(({ proposed }) => proposed)?.label ?? ""}`)}`);
  }
  console.log("  Yes, as proposed.");
  return {
    approvalId: approval.approvalId,
    decision: "approve",
    answers: proposedAnswers(approval),
    groups: proposedGroups(approval),
  };
}

/**
 * Asks at the prompt: a plain enter or `y` takes the proposal, `n` declines, other words are sent as they are. Null when the
 * input ends: then nothing is decided and the question stays open.
 */
export async function decideByPrompt(prompt: Prompt, approval: ApprovalPart): Promise<DecisionPart | null> {
  console.log(`\n${approval.title}`);
  const answers: Record<string, string> = {};
  for (const question of approval.questions) {
    const answer = await askQuestion(prompt, question);
    if (answer === null) return null;
    answers[question.id] = answer;
  }
  const groups = approval.groups.length > 0 ? await askGroups(prompt, approval) : [];
  if (groups === null) return null;
  if (approval.exportOf) {
    const { rows, columns, stamp, destination, sqlHash } = approval.exportOf;
    console.log(
      `  ${rows} rows × ${columns} columns as ${stamp}\n  to ${destination}\n  SQL sha256 ${sqlHash}`,
    );
  }
  const said = await prompt.ask("Approve? [Y/n, or say what to change] ");
  if (said === null) return null;
  const base = { approvalId: approval.approvalId, answers, groups };
  if (/^(|y|yes)$/i.test(said)) return { ...base, decision: "approve" };
  if (/^(n|no)$/i.test(said)) return { ...base, decision: "reject" };
  return { ...base, decision: "reject", feedback: said };
}

type Question = ApprovalPart["questions"][number];

async function askQuestion(prompt: Prompt, { text, choices }: Question): Promise<string | null> {
  console.log(`  ${plainWords(text)}`);
  choices.forEach((choice, index) => {
    console.log(`    ${index + 1}. ${plainWords(choice.label)}${choice.proposed ? " (proposed)" : ""}`);
  });
  for (;;) {
    const said = await prompt.ask(`  1–${choices.length}, enter for the proposed: `);
    if (said === null) return null;
    const choice = said === "" ? choices.find(({ proposed }) => proposed) : choices[Number(said) - 1];
    if (choice) return choice.id;
  }
}

async function askGroups(prompt: Prompt, approval: ApprovalPart): Promise<string[] | null> {
  printGroups(approval);
  for (;;) {
    const said = (await prompt.ask("  Which? (numbers, all, none; enter for the proposed) "))?.toLowerCase();
    if (said === undefined) return null;
    if (said === "") return proposedGroups(approval);
    if (said === "none") return [];
    if (said === "all") return approval.groups.map(({ id }) => id);
    const chosen = said.split(/[\s,]+/).map((number) => approval.groups[Number(number) - 1]?.id);
    if (chosen.every((id) => id !== undefined)) return chosen;
  }
}

function printGroups({ groups }: ApprovalPart): void {
  groups.forEach(({ title, features, reason, proposed }, index) => {
    const mark = proposed ? "" : " (not proposed)";
    console.log(`  ${index + 1}. ${title}: ${features.length} features. ${reason}${mark}`);
  });
}
