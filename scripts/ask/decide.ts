import type { Interface } from "node:readline/promises";
import type { ApprovalPart, DecisionPart } from "@/agents/parts";
import { proposedAnswers, proposedGroups } from "@/agents/typed-answer";

/** `--yes`: takes every proposed answer and group. */
export function decideByProposal(approval: ApprovalPart): DecisionPart {
  console.log(`\n${approval.title} — yes`);
  return {
    approvalId: approval.approvalId,
    decision: "approve",
    answers: proposedAnswers(approval),
    groups: proposedGroups(approval),
  };
}

/** Asks at the prompt: a plain enter or `y` takes the proposal, `n` declines, other words are sent as they are. */
export async function decideByPrompt(prompt: Interface, approval: ApprovalPart): Promise<DecisionPart> {
  console.log(`\n${approval.title}`);
  const answers: Record<string, string> = {};
  for (const question of approval.questions) answers[question.id] = await ask(prompt, question);

  let groups = proposedGroups(approval);
  if (approval.groups.length > 0) {
    approval.groups.forEach((group, index) => {
      console.log(`  ${index + 1}. ${group.title}: ${group.features.length} features. ${group.reason}`);
    });
    groups = await askGroups(prompt, approval, groups);
  }
  if (approval.exportOf) {
    const { rows, columns, stamp, destination, sqlHash } = approval.exportOf;
    console.log(
      `  ${rows} rows × ${columns} columns as ${stamp}\n  to ${destination}\n  SQL sha256 ${sqlHash}`,
    );
  }
  const said = (await prompt.question("Approve? [Y/n, or say what to change] ")).trim();
  const base = { approvalId: approval.approvalId, answers, groups };
  if (/^(|y|yes)$/i.test(said)) return { ...base, decision: "approve" };
  if (/^(n|no)$/i.test(said)) return { ...base, decision: "reject" };
  return { ...base, decision: "reject", feedback: said };
}

async function ask(prompt: Interface, question: ApprovalPart["questions"][number]): Promise<string> {
  console.log(`  ${question.text}`);
  question.choices.forEach((choice, index) => {
    console.log(`    ${index + 1}. ${choice.label}${choice.proposed ? " (proposed)" : ""}`);
  });
  for (;;) {
    const said = (await prompt.question(`  1–${question.choices.length}, enter for the proposed: `)).trim();
    const choice =
      said === "" ? question.choices.find((c) => c.proposed) : question.choices[Number(said) - 1];
    if (choice) return choice.id;
  }
}

async function askGroups(prompt: Interface, approval: ApprovalPart, proposed: string[]): Promise<string[]> {
  for (;;) {
    const said = (await prompt.question("  Which? (numbers, all, none; enter for the proposed) "))
      .trim()
      .toLowerCase();
    if (said === "") return proposed;
    if (said === "none") return [];
    if (said === "all") return approval.groups.map(({ id }) => id);
    const chosen = said.split(/[\s,]+/).map((number) => approval.groups[Number(number) - 1]?.id);
    if (chosen.every((id) => id !== undefined)) return chosen;
  }
}
