/** The same text for all names that some file system takes for one: those that differ in case or Unicode form only. */
export function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase();
}
