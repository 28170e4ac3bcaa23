import { ReloadButton } from "@/components/ui/reload-button";

/** In place of a page whose marts cannot be read now. */
export function MartTrouble({ sentence }: { sentence: string }) {
  return (
    <main className="mx-auto flex max-w-md flex-1 flex-col items-start justify-center gap-3 px-6">
      <h1 className="text-lg font-semibold">The marts cannot be read now</h1>
      <p className="text-dim">{sentence} Your conversations and exports are as they were.</p>
      <ReloadButton />
    </main>
  );
}
