import type { ReactNode } from "react";
import { ApprovalCard } from "./approval-card";
import { CheckCard } from "./check-card";
import { ChoiceLine, DecisionLine } from "./decision-line";
import { ExportCard } from "./export-card";
import { Notice } from "./notice";
import { PlanCard } from "./plan-card";
import { ProgressLine } from "./progress-line";
import { QueryCard } from "./query-card";
import { ResultCard } from "./result-card";
import { SqlCard } from "./sql-card";
import { TablesCard } from "./tables-card";
import type { CardContext, CardRegistry } from "./types";
import { UnknownCard } from "./unknown-card";

/** One card per kind of message part. */
const cards: CardRegistry = {
  progress: ProgressLine,
  plan: PlanCard,
  tables: TablesCard,
  sql: SqlCard,
  result: ResultCard,
  query: QueryCard,
  check: CheckCard,
  approval: ApprovalCard,
  export: ExportCard,
  notice: Notice,
  decision: DecisionLine,
  choice: ChoiceLine,
};

type AnyCard = (props: { data: unknown; context: CardContext }) => ReactNode;

/** The card of a `data-…` part; a default one where the kind is unknown. */
export function PartCard({ type, data, context }: { type: string; data: unknown; context: CardContext }) {
  const name = type.replace(/^data-/, "");
  if (!Object.hasOwn(cards, name)) return <UnknownCard type={type} data={data} />;
  // The part's type and its data belong together by the stream's contract; the registry's own types keep each card honest.
  const Known = cards[name as keyof typeof cards] as AnyCard;
  return <Known data={data} context={context} />;
}
