/** How the actions of versions are shown: a sign, and a word that stands for itself. */
const words: Readonly<Record<string, readonly [sign: string, word: string]>> = {
  create: ['+', 'created'],
  update: ['✎', 'updated'],
  delete: ['✕', 'deleted'],
  undelete: ['↩', 'brought back'],
  restore: ['⟲', 'restored'],
  erase: ['⌫', 'erased'],
};

/** An action that this page is too old to know is shown by its name. */
export function signOf(action: string): string {
  return words[action]?.[0] ?? '•';
}

export function wordOf(action: string): string {
  return words[action]?.[1] ?? action;
}
