import { type LanguageModel, localLedger, noKeptAnswers } from "@/lib/language-model";
import type { ModelAccess } from "@/lib/settings/model";
import type { OpenAiServer } from "./openai-server";

export const testKey = "sk-test-0123456789abcdef";

/** How the scripted server is reached. */
export function accessTo(server: OpenAiServer, changes: Partial<ModelAccess> = {}): ModelAccess {
  return {
    ...{ apiKey: testKey, baseUrl: server.baseUrl, model: "test-model" },
    ...{ firstTokenTimeout: 10_000, totalTimeout: 20_000, tokensPerTurn: 200_000 },
    ...changes,
  };
}

/** The scripted server's model, with budgets of this process alone and nothing kept. */
export function modelAt(server: OpenAiServer, changes: Partial<ModelAccess> = {}): LanguageModel {
  const access = accessTo(server, changes);
  return { access, ledger: localLedger(access.tokensPerTurn), answers: noKeptAnswers };
}
