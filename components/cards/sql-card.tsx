"use client";

import { useMemo, useState } from "react";
import { plural } from "@/components/format";
import { CopyButton } from "@/components/ui/copy-button";
import { Tabs } from "@/components/ui/tabs";
import { Card } from "./card";
import { type SqlTokenKind, tokenizeSql } from "./sql-tokens";
import type { CardProps } from "./types";

const FOLDED_LINES = 14;
const dialectNames = { duckdb: "DuckDB", snowflake: "Snowflake" } as const;

/** The SQL that the plan became, in both dialects; folded when long. */
export function SqlCard({ data }: CardProps<"sql">) {
  const texts = [{ dialect: data.dialect, sql: data.sql }, data.other];
  return (
    <Card
      title={data.title}
      aside={
        <span className="font-mono text-2xs" title={`SHA-256 ${data.hash}`}>
          sha256 {data.hash.slice(0, 12)}
        </span>
      }
    >
      <Tabs
        label="SQL dialect"
        tabs={texts.map(({ dialect, sql }, index) => ({
          id: dialect,
          label: index === 0 ? `${dialectNames[dialect]} · run` : dialectNames[dialect],
          content: <SqlText key={dialect} sql={sql} />,
        }))}
        aside={(open) => (
          <CopyButton
            text={texts.find(({ dialect }) => dialect === open)?.sql ?? data.sql}
            label="Copy the SQL"
            caption="Copy"
          />
        )}
      />
    </Card>
  );
}

/** SQL that is folded when long, tokens in colour. */
export function SqlText({ sql }: { sql: string }) {
  const [unfolded, setUnfolded] = useState(false);
  const lines = sql.split("\n");
  const folds = lines.length > FOLDED_LINES + 3;
  return (
    <>
      <section
        className={`scroll-slim overflow-auto bg-sunken ${unfolded ? "max-h-[65vh]" : ""}`}
        // A scrolling region must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
        aria-label="SQL text"
      >
        <SqlTokens sql={folds && !unfolded ? lines.slice(0, FOLDED_LINES).join("\n") : sql} />
      </section>
      <div className="flex items-center justify-between border-t border-line px-3.5 py-1 text-2xs text-faint">
        <span>{plural(lines.length, "line")}</span>
        {folds && (
          <button
            type="button"
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
            className="rounded px-1.5 py-0.5 text-xs text-accent hover:bg-hover"
          >
            {unfolded ? "Fold" : `Show all ${plural(lines.length, "line")}`}
          </button>
        )}
      </div>
    </>
  );
}

const colours: Record<SqlTokenKind, string | undefined> = {
  keyword: "text-code-keyword",
  function: "text-code-function",
  string: "text-code-string",
  number: "text-code-number",
  comment: "text-faint italic",
  plain: undefined,
};

function SqlTokens({ sql }: { sql: string }) {
  const tokens = useMemo(() => {
    let start = 0;
    return tokenizeSql(sql).map((token) => {
      const at = start;
      start += token.text.length;
      return { ...token, at };
    });
  }, [sql]);
  return (
    <pre className="px-3.5 py-2.5 font-mono text-xs leading-[1.55]">
      <code>
        {tokens.map(({ kind, text, at }) =>
          kind === "plain" ? (
            text
          ) : (
            <span key={at} className={colours[kind]}>
              {text}
            </span>
          ),
        )}
      </code>
    </pre>
  );
}
