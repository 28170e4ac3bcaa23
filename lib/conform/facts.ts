import type { StepReport } from "@/lib/pipeline/steps";
import type { Account } from "./account";
import type { ChangedFirstValue } from "./settle";

/** What a person should know of a run, over all tables; figures that are nought are left out but for the first two. */
export function factsOf(accounts: Account[], changed: ChangedFirstValue[]): StepReport["facts"] {
  const total = (of: (account: Account) => number) => accounts.reduce((sum, account) => sum + of(account), 0);
  const figures: [label: string, value: number][] = [
    ["Rows read", total(({ read }) => read)],
    ["Rows kept", total(({ kept }) => kept)],
    ["Rows remembered from the previous stamp", total(({ remembered }) => remembered)],
    ["Superseded by a later version", total(({ superseded }) => superseded)],
    ["Deleted at the source", total(({ deleted }) => deleted)],
    ["Set aside", total(({ setAside }) => setAside)],
    ["Set aside by an earlier stamp, still unknown keys", total(({ stillAside }) => stillAside)],
    ["Not yet known at the end", total(({ later }) => later)],
    ...changed.map(({ table, column, rows }): [string, number] => [
      `First value kept: ${table}.${column} was found changed`,
      rows,
    ]),
  ];
  return figures
    .filter(([, value], index) => index < 2 || value > 0)
    .map(([label, value]) => ({ label, value, unit: "rows" }));
}
