import type { Metadata } from "next";
import { currentViewer } from "@/app/viewer";
import { DraftEditor } from "@/components/marts/draft-editor";
import { publicDraft } from "@/lib/profile";
import { martOrNotFound, readOwnDraft } from "../../read-marts";

export const metadata: Metadata = { title: "What was inferred" };

export default async function ReviewPage({ params }: { params: Promise<{ name: string }> }) {
  const { name } = await params;
  const draft = await martOrNotFound(readOwnDraft(await currentViewer(), name));
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[60rem] px-4 py-6 sm:px-6">
        <DraftEditor draft={publicDraft(draft)} />
      </div>
    </main>
  );
}
