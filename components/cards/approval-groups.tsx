import type { ApprovalPart } from "@/agents/parts";
import { plural } from "@/components/format";

/** The sets of features that would help, each with its reason; any number may be taken. */
export function ApprovalGroups({
  groups,
  taken,
  disabled,
  onChange,
}: {
  groups: ApprovalPart["groups"];
  taken: ReadonlySet<string>;
  disabled: boolean;
  onChange(taken: ReadonlySet<string>): void;
}) {
  function toggle(id: string) {
    const next = new Set(taken);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  }

  if (groups.length === 0) return null;
  return (
    <ul className="space-y-1.5">
      {groups.map((group) => (
        <li
          key={group.id}
          className="rounded-md border border-line has-checked:border-accent has-checked:bg-accent-soft"
        >
          <label className="flex gap-2.5 px-2.5 pt-2">
            <input
              type="checkbox"
              checked={taken.has(group.id)}
              disabled={disabled}
              onChange={() => toggle(group.id)}
              className="mt-[0.1875rem] size-3.5 shrink-0"
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-medium">{group.title}</span>{" "}
              <span className="text-xs text-dim">
                {plural(group.features.length, "feature")} of{" "}
                <span className="font-mono text-2xs">{group.table}</span>
              </span>
              <span className="block text-dim">{group.reason}</span>
            </span>
          </label>
          <details className="px-2.5 pb-2 pl-[2.125rem]">
            <summary className="list-none text-xs text-accent hover:underline">
              {group.features.slice(0, 2).join(", ")}
              {group.features.length > 2 && ` and ${group.features.length - 2} more`}
            </summary>
            <p className="mt-1 max-h-40 overflow-auto font-mono text-2xs text-dim [overflow-wrap:anywhere]">
              {group.features.join(", ")}
            </p>
          </details>
        </li>
      ))}
    </ul>
  );
}
