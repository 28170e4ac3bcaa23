import { BM25Retriever } from "@langchain/community/retrievers/bm25";
import { Document } from "@langchain/core/documents";
import type { Registry } from "@/lib/registry/types";
import type { Rank } from "./mart-phrases";
import { tableTexts } from "./plain-bm25";

/**
 * LangChain's BM25 over the same texts as {@link plainBm25}. It splits questions at blanks and counts their words inside of
 * others; it lowers the case of questions only, so the texts are given to it in lower case.
 */
export function libraryBm25(registry: Registry, limit: number): Rank {
  const documents = [...tableTexts(registry)].map(
    ([table, text]) => new Document({ pageContent: text.toLowerCase(), metadata: { table } }),
  );
  const retriever = BM25Retriever.fromDocuments(documents, { k: limit });
  return async (phrase) => (await retriever.invoke(phrase)).map(({ metadata }) => String(metadata.table));
}
