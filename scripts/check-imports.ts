import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { findViolations, type SourceFile } from "./check-imports/rules";

/** Reads every import of the project and says which ones go against the design. */
const rooms = ["app", "components", "agents", "lib", "db", "scripts"];

const listed = await Promise.all(
  rooms.map(async (room) => {
    const names = await readdir(room, { recursive: true }).catch(() => []);
    return names.map((name) => path.posix.join(room, name.split(path.sep).join("/")));
  }),
);
const paths = [...listed.flat(), "instrumentation.ts", "proxy.ts"].filter((file) => /\.tsx?$/.test(file));
const files = await Promise.all(
  paths.map(
    async (file): Promise<SourceFile> => ({ path: file, text: await readFile(file, "utf8").catch(() => "") }),
  ),
);

const violations = findViolations(files);
for (const violation of violations) console.error(violation);
console.log(
  `${files.length} files: ${violations.length === 0 ? "imports follow the design" : `${violations.length} imports go against it`}`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
