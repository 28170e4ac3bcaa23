const units = { KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** `512MB` in bytes. */
export function bytesOf(amount: string): number {
  const [, number, unit] = /^([\d.]+)\s?([KMG]i?B)$/.exec(amount) ?? [];
  return Number(number) * units[(unit ?? "MB") as keyof typeof units];
}
