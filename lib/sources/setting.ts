/** The name of the setting that holds a source's address. */
export function settingOf(source: string): string {
  return `SOURCE_${source.toUpperCase()}_URL`;
}
