"use client";

import { useState, useTransition } from "react";
import { Notice } from "@/components/cards/notice";
import { formatCount } from "@/components/format";
import { Spinner } from "@/components/ui/spinner";
import { Composer } from "./composer";

export interface MartChoice {
  name: string;
  title: string;
  stamp: string;
  tables: number;
  features: number;
  examples: string[];
}

/** Where a conversation begins: which mart, and what is needed. */
export function NewMatrix({
  marts,
  first,
  begin,
}: {
  marts: MartChoice[];
  first: string;
  begin(mart: string, text: string): Promise<{ ok: true } | { ok: false; message: string }>;
}) {
  const [name, setName] = useState(
    marts.some((mart) => mart.name === first) ? first : (marts[0]?.name ?? ""),
  );
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const mart = marts.find((one) => one.name === name);

  function send() {
    if (text.trim() === "" || pending) return;
    setProblem(null);
    startTransition(async () => {
      try {
        const result = await begin(name, text);
        if (result && !result.ok) setProblem(result.message);
      } catch (error) {
        // A redirect is thrown through here; what is not one is a lost connection.
        if (error instanceof Error && "digest" in error) throw error;
        setProblem("The server could not be reached. Your text is still here: try again.");
      }
    });
  }

  return (
    <div className="mx-auto flex min-h-full max-w-[44rem] flex-col justify-center gap-5 px-4 py-10 sm:px-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight text-balance">Which features do you need?</h1>
        <p className="mt-1.5 text-dim text-pretty">
          Say it in a sentence. You see the tables, the SQL and the quality of every join, and approve before
          a stamped Parquet file is written.
        </p>
      </div>
      {marts.length === 0 ? (
        <Notice
          data={{
            level: "warning",
            text: "There is no mart yet. Add your files under Marts, or build the demo mart.",
          }}
        />
      ) : (
        <>
          <MartPicker marts={marts} chosen={name} onChoose={setName} />
          <Composer
            text={text}
            onChange={setText}
            onSend={send}
            placeholder="Rows, features, exclusions; or a question, or sql SELECT …"
            autoFocus
          />
        </>
      )}
      {pending && (
        <p role="status" className="flex items-center gap-2 text-[0.8125rem] text-dim">
          <Spinner /> Beginning
        </p>
      )}
      {problem && <Notice data={{ level: "error", text: problem }} />}
      {mart && mart.examples.length > 0 && (
        <section aria-label="Examples">
          <h2 className="mb-1.5 text-xs font-medium text-faint">Try one of these</h2>
          <ul className="divide-y divide-line border-y border-line">
            {mart.examples.map((example) => (
              <li key={example}>
                <button
                  type="button"
                  onClick={() => setText(example)}
                  className="w-full px-1 py-2 text-left text-[0.8125rem] leading-5 text-dim hover:text-ink"
                >
                  {example}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function MartPicker({
  marts,
  chosen,
  onChoose,
}: {
  marts: MartChoice[];
  chosen: string;
  onChoose(name: string): void;
}) {
  return (
    <fieldset>
      <legend className="sr-only">Mart</legend>
      <div className="flex flex-wrap gap-2">
        {marts.map((mart) => (
          <label
            key={mart.name}
            className="rounded-lg border border-line bg-surface px-3 py-1.5 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="mart"
              value={mart.name}
              checked={mart.name === chosen}
              onChange={() => onChoose(mart.name)}
              className="sr-only"
            />
            <span className="block text-[0.8125rem] font-medium">{mart.title}</span>
            <span className="block text-2xs text-dim tabular-nums">
              {formatCount(mart.features)} features in {mart.tables} tables · {mart.stamp}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
