import path from "node:path";
import { startEngines } from "./engines/start";
import { printStatus } from "./engines/status";
import { stopEngines } from "./engines/stop";

/** `npm run engines -- up|down|status`: stand-ins for Snowflake and S3 on this machine, for a person to try the app on. */
const commands: Record<string, (folder: string) => Promise<void>> = {
  up: startEngines,
  down: stopEngines,
  status: printStatus,
};

const usage = `Usage:
  npm run engines -- up       installs and starts a Snowflake emulator and an S3 server on the loopback interface,
                              and prints the settings that make \`npm start\` use them
  npm run engines -- status   which of them run, and where
  npm run engines -- down     stops them; what they hold stays in .data/engines for the next \`up\``;

const word = process.argv[2] ?? "";
const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
if (command) {
  // Not DATA_DIR: the settings may still be wrong while somebody makes their engines.
  await command(path.join(process.cwd(), ".data", "engines")).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
} else {
  console.log(usage);
  process.exitCode = ["", "help", "--help", "-h"].includes(word) ? 0 : 2;
}
