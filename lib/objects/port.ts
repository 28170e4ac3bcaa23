export interface StoredFile {
  key: string;
  modified: Date;
}

/**
 * Where finished files live. Every method may throw AppError OBJECT_STORE_UNAVAILABLE.  Keys are `/`-separated, relative, and never hold
 * `..`.
 */
export interface ObjectStore {
  /** A name a person understands: a folder's path or `s3://bucket/prefix`. */
  readonly label: string;
  /**
   * Publishes a local file under `key`, atomically; replaces what was there. Where the store is far away, what was sent is given
   * up when the signal comes.
   */
  putFile(key: string, localPath: string, signal?: AbortSignal): Promise<void>;
  /** Writes `body` under `key` unless the key exists. Returns false, changing nothing, when it does. */
  putIfAbsent(key: string, body: string): Promise<boolean>;
  /** @throws AppError NOT_FOUND */
  get(key: string): Promise<Uint8Array>;
  /**
   * Brings the file to `localPath`, which must not exist; it must not be changed there, since a local store may share the bytes.
   * @throws AppError NOT_FOUND
   */
  getFile(key: string, localPath: string): Promise<void>;
  /** @throws AppError NOT_FOUND */
  stream(key: string): Promise<{ body: ReadableStream<Uint8Array>; bytes: number }>;
  exists(key: string): Promise<boolean>;
  /** Every file whose key begins with `prefix` and a `/`, in no order, with the time it was put there; nothing there is no error. */
  list(prefix: string): AsyncIterable<StoredFile>;
  /**
   * Removes every file whose key begins with `prefix` and a `/`; nothing there is no error. In a bucket with versions they stay as
   * earlier ones, until the bucket's own rules end them.
   */
  removeAll(prefix: string): Promise<void>;
  /**
   * A link from which a browser downloads the file under this name without passing through this app, for a limited time; null
   * where the store has none, and the file is streamed instead.
   * @throws AppError NOT_FOUND, OBJECT_STORE_UNAVAILABLE
   */
  link(key: string, as: { name: string; contentType: string }): Promise<string | null>;
  /**
   * Removes what writers that died had begun and nobody can read: unfinished uploads older than `olderThan`.
   * Returns how many there were.
   */
  sweep(olderThan: Date): Promise<number>;
  /** Where a person finds it: a file's path or `s3://…`. */
  locate(key: string): string;
}
