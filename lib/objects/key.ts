import { AppError } from "@/lib/errors";

/**
 * Returns the parts of a store's key.
 * @throws AppError BAD_INPUT for a key that is empty, absolute, too long, or has a part that is empty or begins with a dot
 */
export function keyParts(key: string): string[] {
  const parts = key.split("/");
  const good =
    key.length <= 1024 &&
    parts.every(
      // A leading dot would be `.`, `..` or a file that a store is still writing.
      (part) => part !== "" && !part.startsWith(".") && Buffer.byteLength(part) <= 255 && isPlain(part),
    );
  if (!good) {
    throw new AppError("BAD_INPUT", "That is not the name of a stored file.", {
      details: { key: key.slice(0, 100) },
    });
  }
  return parts;
}

function isPlain(part: string): boolean {
  return ![...part].some((char) => char === "\\" || char < " " || char === "\u007f");
}
