"use client";

import { useState } from "react";
import type { ApprovalPart } from "@/agents/parts";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { ApprovalGroups } from "./approval-groups";
import { ApprovalQuestions } from "./approval-questions";
import { Card } from "./card";
import { ExportFacts } from "./export-facts";
import type { ApprovalOutcome, CardProps } from "./types";

/** A question that waits for the person: choices, what would be added, or what would be written; then its answer. */
export function ApprovalCard({ data, context }: CardProps<"approval">) {
  const outcome = context.outcomeOf(data);
  const open = outcome.status === "pending";
  const [answers, setAnswers] = useState(() => proposedAnswers(data));
  const [groups, setGroups] = useState<ReadonlySet<string>>(
    () => new Set(data.groups.filter((group) => group.proposed).map((group) => group.id)),
  );
  const missing = data.questions.filter((question) => !answers[question.id]).length;
  const disabled = context.busy || !open;

  function decide(decision: "approve" | "reject") {
    const taken = decision === "approve" ? [...groups] : [];
    context.decide({
      approvalId: data.approvalId,
      decision,
      answers: decision === "approve" ? answers : {},
      groups: taken,
    });
  }

  return (
    <div className={open ? "rounded-lg ring-2 ring-accent/50" : undefined}>
      <Card title={data.title} aside={open ? <span className="text-accent">waits for you</span> : undefined}>
        <div className="space-y-3 px-3.5 py-3">
          <ApprovalQuestions
            questions={data.questions}
            answers={open ? answers : (outcome.decision?.answers ?? {})}
            disabled={disabled}
            onAnswer={(question, choice) => setAnswers({ ...answers, [question]: choice })}
          />
          <ApprovalGroups
            groups={data.groups}
            taken={open ? groups : new Set(outcome.decision?.groups)}
            disabled={disabled}
            onChange={setGroups}
          />
          {data.exportOf && <ExportFacts facts={data.exportOf} />}
        </div>
        <footer className="flex flex-wrap items-center gap-2 border-t border-line bg-sunken px-3.5 py-2">
          {open ? (
            <>
              <Button
                look="primary"
                disabled={disabled || missing > 0 || (data.kind === "enrich" && groups.size === 0)}
                onClick={() => decide("approve")}
              >
                {approveLabel(data.kind, groups.size)}
              </Button>
              <Button disabled={disabled} onClick={() => decide("reject")}>
                {rejectLabels[data.kind]}
              </Button>
              <span className="text-xs text-faint">or answer in your own words below</span>
            </>
          ) : (
            <Decided kind={data.kind} outcome={outcome} />
          )}
        </footer>
      </Card>
    </div>
  );
}

function proposedAnswers(approval: ApprovalPart): Record<string, string> {
  return Object.fromEntries(
    approval.questions.flatMap((question) => {
      const proposed = question.choices.find((choice) => choice.proposed);
      return proposed ? [[question.id, proposed.id]] : [];
    }),
  );
}

function approveLabel(kind: ApprovalPart["kind"], groups: number): string {
  if (kind === "enrich") return groups === 1 ? "Add 1 group" : `Add ${groups} groups`;
  return kind === "clarify" ? "Go on with this" : "Approve and export";
}

const rejectLabels = { clarify: "None of these", enrich: "Go on without", export: "Don’t export" } as const;

const outcomeTexts: Record<ApprovalPart["kind"], Record<ApprovalPart["status"], string>> = {
  clarify: {
    pending: "",
    approved: "Answered",
    rejected: "Declined",
    superseded: "Answered in words",
  },
  enrich: {
    pending: "",
    approved: "Added",
    rejected: "Went on without",
    superseded: "Answered in words",
  },
  export: {
    pending: "",
    approved: "Approved",
    rejected: "Rejected",
    superseded: "Answered in words",
  },
};

function Decided({ kind, outcome }: { kind: ApprovalPart["kind"]; outcome: ApprovalOutcome }) {
  const yes = outcome.status === "approved";
  return (
    <p className="flex items-center gap-1.5 text-xs text-dim">
      <Icon name={yes ? "check" : outcome.status === "rejected" ? "close" : "info"} className="size-3.5" />
      {outcomeTexts[kind][outcome.status]}
      {outcome.decidedBy && ` by ${outcome.decidedBy}`}
    </p>
  );
}
