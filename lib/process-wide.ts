/**
 * A value that exists once in the process. The server's bundler gives each route its own copy of a module, and with it
 * of the module's variables; what must be shared between routes lives on globalThis under a name.
 */
export function processWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`feature-mart.${name}`);
  const holder = globalThis as { [key: symbol]: T | undefined };
  holder[key] ??= make();
  return holder[key];
}
