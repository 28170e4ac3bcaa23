import { getResultPreview } from "@/agents/run";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";

/** The first rows of a result. A result never changes, so its owner's browser may keep it. */
export function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return respond(request, async () => {
    const preview = await getResultPreview(await currentViewer(), (await params).id);
    return Response.json(preview, { headers: { "cache-control": "private, max-age=3600" } });
  });
}
