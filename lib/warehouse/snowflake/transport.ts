/** What is used here of the HTTP client inside the SDK. */
export interface HttpClient {
  interceptors: {
    request: { use(change: (request: HttpRequest) => HttpRequest): unknown };
    response: { use(check: (response: HttpResponse) => HttpResponse): unknown };
  };
}

interface HttpRequest {
  method?: string;
  headers?: object;
  useSnowflakeRetryMiddleware?: boolean;
  snowflakeRetryConfig?: { maxRetries: number; sleepCap: number };
}

interface HttpResponse {
  status: number;
  data: unknown;
  config: HttpRequest;
}

/**
 * Mends two things that the SDK has no settings for: it repeats a refused request for more than a minute, and a part of a
 * result that broke off on its way makes it fall silent or, where that part was fetched ahead, ends the whole process.
 */
export function guardTransport({ interceptors }: HttpClient): void {
  interceptors.request.use((request) => {
    if (request.useSnowflakeRetryMiddleware) request.snowflakeRetryConfig = { maxRetries: 4, sleepCap: 4 };
    return request;
  });
  interceptors.response.use((response) => {
    // An error here is for the SDK a part that did not arrive: it asks for it again.
    if (isPartOfResult(response) && !isWholePart(response.data))
      throw new Error("a part of a result is broken");
    return response;
  });
}

/** Parts lie in a store of their own, so they are the only thing asked for without the session's token. */
function isPartOfResult({
  status,
  config: { method, headers, useSnowflakeRetryMiddleware },
}: HttpResponse): boolean {
  const signed = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "authorization");
  return status === 200 && method?.toLowerCase() === "get" && !signed && !useSnowflakeRetryMiddleware;
}

/** A part is the inside of a JSON array, of one array or more. */
function isWholePart(text: unknown): boolean {
  if (typeof text !== "string") return false;
  try {
    const rows: unknown[] = JSON.parse(`[${text}]`);
    return rows.length > 0 && rows.every(Array.isArray);
  } catch {
    return false;
  }
}
