"use client";

import type { ExportPart } from "@/agents/parts";
import { formatBytes, formatCount } from "@/components/format";
import { buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Icon } from "@/components/ui/icon";
import { Tabs } from "@/components/ui/tabs";
import { Card } from "./card";
import { Hash } from "./hash";
import type { CardProps } from "./types";

const fileNames = {
  matrix: "Matrix (Parquet)",
  dictionary: "Data dictionary (CSV)",
  manifest: "Manifest (JSON)",
} as const;
const toolNames = { pandas: "pandas", polars: "polars", duckdb: "DuckDB" } as const;

/** A published matrix: its three files, and how to read it. */
export function ExportCard({ data }: CardProps<"export">) {
  return (
    <Card
      title={
        <span className="flex items-center gap-1.5">
          <Icon name="check" className="size-3.5 text-good" /> Exported under {data.stamp}
        </span>
      }
      aside={
        <>
          {formatCount(data.rows)} rows × {formatCount(data.columns)} columns
        </>
      }
    >
      <ul className="divide-y divide-line">
        {data.files.map((file) => (
          <File key={file.kind} file={file} />
        ))}
      </ul>
      <dl className="flex flex-wrap items-center gap-x-5 border-t border-line px-3.5 py-1.5 text-xs [&_dd]:inline [&_dt]:mr-1.5 [&_dt]:inline [&_dt]:text-faint">
        <div className="min-w-0">
          <dt>written to</dt>
          <dd className="font-mono text-2xs [overflow-wrap:anywhere]">{data.destination}</dd>
        </div>
        <div>
          <dt>content</dt>
          <dd>
            <Hash value={data.contentHash} label="content hash" />
          </dd>
        </div>
      </dl>
      <Snippets snippets={data.snippets} />
    </Card>
  );
}

function File({ file }: { file: ExportPart["files"][number] }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3.5 py-2">
      <div className="min-w-0">
        <div className="[overflow-wrap:anywhere]">
          {fileNames[file.kind]} <span className="text-xs text-faint">{file.name}</span>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 text-xs text-dim">
          <span className="tabular-nums">{formatBytes(file.bytes)}</span>
          <span className="inline-flex items-center gap-1 text-2xs text-faint">
            sha256 <Hash value={file.sha256} label={`SHA-256 of ${file.name}`} />
          </span>
        </div>
      </div>
      <a
        href={file.href}
        download={file.name}
        className={buttonClass(file.kind === "matrix" ? "primary" : "plain")}
        aria-label={`Download ${file.name}`}
      >
        <Icon name="download" className="size-3.5" />
        Download
      </a>
    </li>
  );
}

function Snippets({ snippets }: { snippets: ExportPart["snippets"] }) {
  if (snippets.length === 0) return null;
  return (
    <div className="border-t border-line">
      <Tabs
        label="Read it with"
        tabs={snippets.map(({ tool, code }) => ({
          id: tool,
          label: toolNames[tool],
          content: (
            <pre className="scroll-slim overflow-x-auto bg-sunken px-3.5 py-2.5 font-mono text-xs">
              <code>{code}</code>
            </pre>
          ),
        }))}
        aside={(open) => (
          <CopyButton
            text={snippets.find(({ tool }) => tool === open)?.code ?? ""}
            label="Copy the snippet"
            caption="Copy"
          />
        )}
      />
    </div>
  );
}
