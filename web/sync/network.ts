/**
 * Calls back when the browser says that it has no network; a connection would find out only much later.
 * Elsewhere than in a browser nobody says it. Returns how to stop.
 */
export function onNetworkLost(callback: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => undefined;
  globalThis.addEventListener('offline', callback);
  return () => globalThis.removeEventListener('offline', callback);
}
