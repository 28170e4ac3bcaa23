"use client";

import { useRouter } from "next/navigation";
import { type DragEvent, type FormEvent, useState } from "react";
import { Notice } from "@/components/cards/notice";
import { fetchOrRefuse, sayWhy } from "@/components/fetch-or-refuse";
import { formatBytes, plural } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Spinner } from "@/components/ui/spinner";

const kinds = /\.(csv|csv\.gz|parquet)$/i;

/** Takes CSV and Parquet files, sends them one by one, and goes to what was inferred. */
export function UploadForm({ limits }: { limits: { files: number; fileBytes: number } }) {
  const router = useRouter();
  const [files, setFiles] = useState<File[]>([]);
  const [title, setTitle] = useState("");
  const [step, setStep] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const name = nameFrom(title);

  function add(chosen: FileList | null) {
    const usable = [...(chosen ?? [])].filter((file) => kinds.test(file.name));
    const refused = (chosen?.length ?? 0) - usable.length;
    setProblem(
      refused > 0 ? `${plural(refused, "file")} left out: only .csv, .csv.gz and .parquet are read.` : null,
    );
    setFiles((before) => [
      ...before.filter((old) => !usable.some((one) => one.name === old.name)),
      ...usable,
    ]);
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  }

  async function send(event: FormEvent) {
    event.preventDefault();
    const why = whyNot(files, name, limits);
    setProblem(why);
    if (why) return;
    try {
      const upload = crypto.getRandomValues(new Uint32Array(4)).join("").slice(0, 40);
      for (const [index, file] of files.entries()) {
        setStep(`Sending ${file.name} (${index + 1} of ${files.length})`);
        await fetchOrRefuse(`/api/marts/uploads/${upload}/${index}`, { method: "PUT", body: file });
      }
      setStep("Reading every value: types, keys, references, times");
      await fetchOrRefuse("/api/marts", {
        method: "POST",
        body: JSON.stringify({ upload, name, title, files: files.map((file) => file.name) }),
      });
      router.push(`/marts/${name}/review`);
    } catch (error) {
      setStep(null);
      setProblem(sayWhy(error));
    }
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <label className="block">
        <span className="text-xs font-medium text-dim">Name</span>
        <input
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          maxLength={40}
          placeholder="Card payments"
          className="mt-1 block w-full rounded-md border border-line-strong bg-surface px-2.5 py-1.5 placeholder:text-faint"
        />
        {name && <span className="mt-1 block font-mono text-2xs text-faint">{name}</span>}
      </label>
      <label
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={`flex flex-col items-center gap-1 rounded-lg border border-dashed px-4 py-8 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent ${over ? "border-accent bg-accent-soft" : "border-line-strong bg-surface hover:bg-hover"}`}
      >
        <input
          type="file"
          multiple
          accept=".csv,.gz,.parquet"
          onChange={(event) => add(event.currentTarget.files)}
          className="sr-only"
        />
        <Icon name="upload" className="size-5 text-dim" />
        <span>Drop files here, or choose them</span>
        <span className="text-xs text-faint">
          .csv, .csv.gz, .parquet · up to {limits.files} files of {formatBytes(limits.fileBytes)}
        </span>
      </label>
      {files.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {files.map((file) => (
            <li
              key={file.name}
              className="flex items-center justify-between gap-3 px-3 py-1.5 text-[0.8125rem]"
            >
              <span className="min-w-0 truncate">{file.name}</span>
              <span className="flex shrink-0 items-center gap-2 text-xs tabular-nums text-dim">
                {formatBytes(file.size)}
                <button
                  type="button"
                  aria-label={`Leave ${file.name} out`}
                  disabled={step !== null}
                  onClick={() => setFiles(files.filter((one) => one !== file))}
                  className="rounded p-1 hover:bg-hover hover:text-ink"
                >
                  <Icon name="close" className="size-3.5" />
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {problem && <Notice data={{ level: "error", text: problem }} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" disabled={step !== null}>
          Read the files
        </Button>
        {step && (
          <span role="status" className="flex items-center gap-2 text-[0.8125rem] text-dim">
            <Spinner /> {step}
          </span>
        )}
      </div>
    </form>
  );
}

function whyNot(files: File[], name: string, limits: { files: number; fileBytes: number }): string | null {
  if (!name) return "Give the mart a name that begins with a letter.";
  if (files.length === 0) return "Choose at least one file.";
  if (files.length > limits.files) return `Choose at most ${limits.files} files.`;
  const large = files.find((file) => file.size > limits.fileBytes);
  return large ? `${large.name} is larger than ${formatBytes(limits.fileBytes)}.` : null;
}

/** "Card payments 2026" → "card-payments-2026". */
function nameFrom(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
}
