import { leaveDatabase } from "@/db/ensure-database";
import { config } from "@/lib/config";
import { ensureDataDirectory } from "@/lib/data-directory";
import { closeMarts } from "@/lib/mart";
import { addMart, addUsage } from "./mart/add";
import { buildSomeModels, modelsUsage } from "./mart/build-models";
import { listUsage, printMarts } from "./mart/list";
import { printMart, showUsage } from "./mart/show";
import { tellFailure } from "./tell-failure";

/** What `npm run mart -- <word> …` does, by its first word. */
const commands: Record<string, { run: (args: string[]) => Promise<void>; usage: string }> = {
  list: { run: printMarts, usage: listUsage },
  show: { run: printMart, usage: showUsage },
  "build-models": { run: buildSomeModels, usage: modelsUsage },
  add: { run: addMart, usage: addUsage },
};

const [word = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
try {
  if (command) {
    await ensureDataDirectory(config().dataDir);
    await command.run(args);
  } else {
    const lines = Object.values(commands).map(({ usage }) => usage);
    console.log(`Usage:\n${lines.join("\n")}`);
    process.exitCode = ["", "help", "--help", "-h"].includes(word) ? 0 : 2;
  }
} catch (thrown) {
  tellFailure("mart", thrown);
  process.exitCode = 1;
} finally {
  await closeMarts();
  await leaveDatabase();
}
