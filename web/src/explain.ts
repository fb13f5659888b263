/** What says nothing to a person is replaced by this. */
const instead: readonly (readonly [RegExp, string])[] = [
  [/\[unauthenticated\]/, 'The gateway wants a token that says who you are, and got none that is valid. Sign in where you got this page’s address, then reload.'],
];

/** What a person can do about an error, by what its text says. The first that fits. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/config\.json/, 'The page could not ask where the services are. Reload it from the address that ./usersync up printed.'],
  [/ConnectionError|CONNECTION_REFUSED|connection refused|ECONNREFUSED|Failed to fetch|\[unavailable\]/i, 'Nobody answers there. Is ./usersync up running? It is tried again by itself.'],
  [/timeout|timed out|deadline/i, 'The answer is late. It is tried again by itself; nothing is lost.'],
  [/permission|authorization|unauthenticated/i, 'You may not do this: check the actor and its password.'],
  [/QuotaExceeded/i, 'This browser has no room left for the users: free some disk space, then reload.'],
  [/indexedDB|InvalidStateError|MissingAPIError/i, 'This browser keeps no data for this page: leave private mode, or allow storage, then reload.'],
];

/** An error, and what to do next, in words. */
export function explain(error: unknown): string {
  const text = (error instanceof Error && error.message !== '' ? error.message : String(error)).trim();
  const other = instead.find(([pattern]) => pattern.test(text))?.[1];
  if (other !== undefined) return other;
  const next = advice.find(([pattern]) => pattern.test(text))?.[1];
  return next === undefined ? text : `${text}: ${next}`;
}
