import { getQueryRows } from "@/agents/run";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";

/** All rows of a statement's result, where a message holds only the first. They never change, so its owner's browser may keep them. */
export function GET(request: Request, { params }: { params: Promise<{ id: string; name: string }> }) {
  return respond(request, async () => {
    const { id, name } = await params;
    const body = await getQueryRows(await currentViewer(), id, name);
    return new Response(body, {
      headers: { "content-type": "application/json", "cache-control": "private, max-age=3600" },
    });
  });
}
