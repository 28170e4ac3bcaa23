import path from "node:path";
import { type Import, readImports, withoutComments } from "./read-imports";

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  path: string;
  text: string;
}

/** Which rooms a room may import from. */
const arrows: Record<string, string[]> = {
  app: ["app", "components", "agents", "lib", "db"],
  components: ["components"],
  agents: ["agents", "lib", "db"],
  lib: ["lib"],
  db: ["db", "lib"],
  scripts: ["scripts", "agents", "lib", "db", "tests"],
  "instrumentation.ts": ["agents", "lib", "db"],
  "proxy.ts": ["lib"],
};

/** Inside lib: each may import those before it; every other folder of lib may import them all. */
const libOrder = [
  "database-lost",
  "disk-full",
  "errors",
  "figures",
  "plain-words",
  "concurrently",
  "unless-stopped",
  "process-wide",
  "settings",
  "config",
  "log",
  "auth",
  "objects",
  "language-model",
  "embed",
  "warehouse",
  "registry",
  "feature-set",
  "sql",
];

/** What the app is written in, and where. Every other package is a vendor's SDK, which one file alone may know. */
const frameworks: Record<string, string[]> = {
  zod: Object.keys(arrows),
  react: ["app", "components"],
  "react-dom": ["app", "components"],
  next: ["app", "components", "proxy.ts"],
  ai: ["app", "components", "agents"],
  "@ai-sdk/react": ["components"],
  "@langchain/langgraph": ["agents"],
  "drizzle-orm": ["db"],
};

/** Every import that goes against the rules, as `file: what is wrong`. Tests may import what they like. */
export function findViolations(files: SourceFile[]): string[] {
  const sources = files.filter(({ path: file }) => !isTest(file));
  const owners = new Map<string, string>();
  return sources.flatMap((file) => {
    const wrong = readImports(file.text).flatMap((used) => [
      ...crossedRooms(file.path, used),
      ...crossedLib(file.path, used),
      ...sharedVendor(file.path, used, owners),
    ]);
    // NEXT_RUNTIME is no setting: the builder replaces it where it stands, and must see it there.
    if (
      file.path !== "lib/config.ts" &&
      /\bprocess\s*\.\s*env\b(?!\.NEXT_RUNTIME)/.test(withoutComments(file.text))
    ) {
      wrong.push("reads the environment, which is for lib/config.ts alone");
    }
    return [...new Set(wrong)].map((what) => `${file.path}: ${what}`);
  });
}

function crossedRooms(file: string, used: Import): string[] {
  const target = targetOf(file, used.from);
  if (target === null) return [];
  const [from, to] = [roomOf(file), roomOf(target)];
  // What is erased when the page is built cannot tie it to the server.
  if (from === "components" && used.typeOnly) return [];
  if (arrows[from]?.includes(to) ?? true) return [];
  const allowed = arrows[from]?.filter((room) => room !== from).join(", ") || "nothing else";
  return [
    `imports ${target}, but ${from} may import from ${from === "components" ? "other rooms types only" : allowed}`,
  ];
}

function crossedLib(file: string, used: Import): string[] {
  const target = targetOf(file, used.from);
  if (used.typeOnly || target === null || roomOf(file) !== "lib" || roomOf(target) !== "lib") return [];
  const [from, to] = [nounOf(file), nounOf(target)];
  const place = libOrder.indexOf(from);
  if (from === to || place === -1) return [];
  const isBefore = libOrder.indexOf(to) !== -1 && libOrder.indexOf(to) < place;
  return isBefore
    ? []
    : [
        `imports ${target}, but lib/${from} stands before lib/${to} (order: ${libOrder.join(", ")}, the rest)`,
      ];
}

function sharedVendor(file: string, used: Import, owners: Map<string, string>): string[] {
  const name = packageOf(used.from);
  if (name === null) return [];
  const rooms = frameworks[name];
  if (rooms) {
    return rooms.includes(roomOf(file)) ? [] : [`imports ${name}, which is for ${rooms.join(", ")}`];
  }
  const owner = owners.get(name) ?? file;
  owners.set(name, owner);
  return owner === file
    ? []
    : [`imports ${name}, which ${owner} alone may know: a vendor's SDK has one file`];
}

/** The imported file from the project's root; null for a package. */
function targetOf(file: string, from: string): string | null {
  if (from.startsWith("@/")) return from.slice(2);
  return from.startsWith(".") ? path.posix.join(path.posix.dirname(file), from) : null;
}

function packageOf(from: string): string | null {
  if (from.startsWith("@/") || from.startsWith(".") || from.startsWith("node:")) return null;
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? "";
}

function nounOf(file: string): string {
  return (file.split("/")[1] ?? "").replace(/\.tsx?$/, "");
}

function isTest(file: string): boolean {
  return file.startsWith("tests/") || /\.test\.tsx?$/.test(file);
}
