import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@usersync/sync/generated/google/rpc/error_details_pb';

/** Why a call of the gateway failed. */
export interface CallProblem {
  /** The name of an ErrorReason, such as EMAIL_TAKEN; empty if the store gave none. */
  reason: string;
  /** What happened. */
  what: string;
  /** The same, and what to do next. */
  text: string;
  /** Whether the same call may well succeed in a moment. */
  isPassing: boolean;
}

/** What a person can do about what the store says, by its reason. What stands in no list is told in the store's words. */
export const reasonWords: Readonly<Record<string, string>> = {
  USER_NOT_FOUND: 'The store knows no user with this id. A user that was made here gets a history once it is saved: start the replication, or check the id.',
  VERSION_NOT_FOUND: 'The user has no such version.',
  VERSION_MISMATCH: 'Somebody changed this user while you were looking. The history has been read again: look at the newest version, then decide anew.',
  VERSION_ARCHIVED: 'This version has been archived: it is in a file that the operator keeps, and can be read only there.',
  USER_DELETED: 'This does not fit the user’s state any more: somebody deleted it, or brought it back. The history has been read again.',
  USER_ERASED: 'This person’s data was erased for good. No version of it can be read or brought back.',
  EMAIL_TAKEN: 'Another user has this address by now. Change the address of one of them first.',
  ROLE_MISSING: 'You may read, but not write: ask an administrator for the role of a writer.',
  RATE_LIMITED: 'Too many calls at once. Wait a moment and try again.',
};

const codeWords: Partial<Record<Code, string>> = {
  [Code.Unauthenticated]: 'The gateway wants a token that says who you are, and got none that is valid: sign in where you got this page’s address, then reload.',
};

/** What is over in a moment: what happened, and what to do where nothing is done by itself. */
const passing: Partial<Record<Code, readonly [what: string, next: string]>> = {
  [Code.Unavailable]: ['The store cannot be reached just now.', 'Nothing is lost: try again in a moment.'],
  [Code.DeadlineExceeded]: ['There was no answer in time.', 'Try again: asking twice does no harm.'],
  [Code.Canceled]: ['Nothing came any more.', 'Try again.'],
};
const notThere = ['The gateway does not answer. Is ./usersync up running?', 'Then try again.'] as const;
const noNetwork = ['This device has no network.', 'Nothing is lost: try again when it is back.'] as const;

/** Browsers say no more of a server that is not there. */
const isNotThere = ({ code, rawMessage }: ConnectError): boolean =>
  code === Code.Unknown && /fetch|network|load failed/i.test(rawMessage);

/** Outside a browser nobody says it. */
const isOffline = (): boolean => globalThis.navigator?.onLine === false;

function passingOf(error: ConnectError): readonly [what: string, next: string] | undefined {
  if (isOffline()) return noNetwork;
  return isNotThere(error) ? notThere : passing[error.code];
}

export function problemOf(error: unknown): CallProblem {
  const found = ConnectError.from(error);
  const reason = found.findDetails(ErrorInfoSchema)[0]?.reason ?? '';
  const known = reasonWords[reason];
  const over = known === undefined ? passingOf(found) : undefined;
  if (over !== undefined) return { reason, what: over[0], text: over.join(' '), isPassing: true };
  const what = known ?? codeWords[found.code] ?? found.rawMessage;
  return { reason, what, text: what, isPassing: false };
}
