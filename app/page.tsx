import { beginConversation } from "@/app/actions";
import { listOpenMarts } from "@/app/marts/read-marts";
import { NewMatrix } from "@/components/chat/new-matrix";
import { config } from "@/lib/config";

export default async function HomePage() {
  const marts = await listOpenMarts();
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <NewMatrix marts={marts} first={config().defaultMart} begin={beginConversation} />
    </main>
  );
}
