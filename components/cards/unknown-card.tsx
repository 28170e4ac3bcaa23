import { Card } from "./card";

/** For a kind of part that this version does not know: an older page never goes blank on a newer server. */
export function UnknownCard({ type, data }: { type: string; data: unknown }) {
  return (
    <Card title={type.replace(/^data-/, "")} aside="not known to this version; reload the page">
      <pre className="scroll-slim max-h-60 overflow-auto px-3.5 py-2.5 font-mono text-2xs text-dim">
        {JSON.stringify(data, null, 2)}
      </pre>
    </Card>
  );
}
