/** The JSON object in a text that may have prose or a fence around it; undefined where there is none. */
export function readJson(text: string): unknown {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/i.exec(text)?.[1];
  const between = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  for (const candidate of [text, fenced, between]) {
    const value = candidate === undefined ? undefined : parse(candidate);
    if (value !== null && typeof value === "object") return value;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
