import { startEmbedded } from "@/db/embedded";

console.log(await startEmbedded(process.argv[2] ?? ""));
setInterval(() => {}, 60_000);
