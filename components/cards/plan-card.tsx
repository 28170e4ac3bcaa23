import { Card } from "./card";
import type { CardProps } from "./types";

/** The sub-tasks that the request was split into, in order. */
export function PlanCard({ data }: CardProps<"plan">) {
  return (
    <Card title="Plan" aside={<>read by the {data.planner} planner</>}>
      <ol className="px-3.5 py-2.5">
        {data.subTasks.map((task, index) => (
          <li key={`${task.agent}-${task.title}`} className="relative flex gap-3 pb-2 last:pb-0">
            {index < data.subTasks.length - 1 && (
              <span aria-hidden="true" className="absolute top-5 bottom-0 left-[0.5625rem] w-px bg-line" />
            )}
            <span className="mt-px flex size-[1.1875rem] shrink-0 items-center justify-center rounded-full border border-line-strong text-2xs tabular-nums text-dim">
              {index + 1}
            </span>
            <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <span className="[overflow-wrap:anywhere]">{task.title}</span>
              <span className="text-2xs text-faint">{task.agent}</span>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
