import { cancel } from "@/agents/run";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";

/** Stops the conversation's run. The answer's stream tells when it has stopped. */
export function POST(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    await cancel(await currentViewer(), (await params).id);
    return new Response(null, { status: 204 });
  });
}
