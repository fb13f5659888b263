/**
 * - `forged`: something does not hold, and nobody but a forger or a broken store makes it so;
 * - `other-log`: what holds is another log, or another signer, than the one this browser knows;
 * - `unable`: it cannot be checked here.
 */
export type Doubt = 'forged' | 'other-log' | 'unable';

/** Why something was not verified, in words for people. */
export class NotVerified extends Error {
  constructor(
    readonly doubt: Doubt,
    why: string,
  ) {
    super(why);
    this.name = 'NotVerified';
  }
}
