"use client";

import { Button } from "@/components/ui/button";

/** What is shown when a page fails. The cause is in the server's log, under the digest. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset(): void }) {
  return (
    <main className="mx-auto flex max-w-md flex-1 flex-col items-start justify-center gap-3 px-6">
      <h1 className="text-lg font-semibold">This page could not be drawn</h1>
      <p className="text-dim">
        The server could not read what it needs: its database or the mart. Nothing was lost. Try again in a
        moment; if it stays, the server’s log says why{error.digest ? `, under ${error.digest}` : ""}.
      </p>
      <Button look="primary" onClick={reset}>
        Try again
      </Button>
    </main>
  );
}
