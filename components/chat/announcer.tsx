import type { ChatMessage } from "./types";

/** Tells a screen reader what the run is doing, without reading the cards aloud. */
export function Announcer({
  messages,
  busy,
  waits,
}: {
  messages: ChatMessage[];
  busy: boolean;
  waits: boolean;
}) {
  return (
    <p role="status" className="sr-only">
      {busy ? runningStep(messages) : waits ? "A question waits for your answer." : ""}
    </p>
  );
}

function runningStep(messages: ChatMessage[]): string {
  const steps = (messages.at(-1)?.parts ?? []).flatMap((part) =>
    part.type === "data-progress" && part.data.state === "running" ? [part.data.label] : [],
  );
  return steps.at(-1) ?? "Working";
}
