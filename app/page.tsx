import { beginConversation } from "@/app/actions";
import { answerOrTrouble } from "@/app/marts/answer-in-time";
import { listVisibleMarts } from "@/app/marts/read-marts";
import { currentViewer } from "@/app/viewer";
import { NewMatrix } from "@/components/chat/new-matrix";
import { MartTrouble } from "@/components/marts/mart-trouble";
import { config } from "@/lib/config";

interface Props {
  searchParams: Promise<{ mart?: string | string[] }>;
}

export default async function HomePage({ searchParams }: Props) {
  const read = await answerOrTrouble(listVisibleMarts(await currentViewer()));
  if ("trouble" in read) return <MartTrouble sentence={read.trouble} />;
  const marts = read.answer;
  const { mart } = await searchParams;
  const asked = marts.find(({ name }) => name === mart)?.name;
  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <NewMatrix key={asked} marts={marts} first={asked ?? config().defaultMart} begin={beginConversation} />
    </main>
  );
}
