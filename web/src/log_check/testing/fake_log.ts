import { create } from '@bufbuild/protobuf';
import { GetLogHeadResponseSchema, ProveConsistencyResponseSchema, ProveInclusionResponseSchema } from '@usersync/sync/generated/users/v1/log_service_pb';
import { bytesOf, hexOf, joined, sha256, type Bytes } from '../bytes.ts';
import type { LogCalls } from '../log_checker.ts';
import type { SeenHead, SeenHeads } from '../seen_heads.ts';
import { consistencyProof, inclusionProof, rootOf } from './tree.ts';

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** A log with a key of its own, as a store has one. Tests change its leaves. */
export class FakeLog {
  leaves: Uint8Array[];
  origin = 'localhost/usersync/e';
  isSigned = true;
  readonly calls: string[] = [];
  readonly #keys: CryptoKeyPair;
  readonly #publicKey: Bytes;

  private constructor(leaves: readonly Uint8Array[], keys: CryptoKeyPair, publicKey: Bytes) {
    this.leaves = [...leaves];
    this.#keys = keys;
    this.#publicKey = joined(Uint8Array.of(1), publicKey);
  }

  static async of(leaves: readonly Uint8Array[]): Promise<FakeLog> {
    const keys = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    if (!('publicKey' in keys)) throw new Error('not a key pair');
    return new FakeLog(leaves, keys, new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)));
  }

  get log(): LogCalls {
    return {
      getLogHead: async () => {
        this.calls.push('head');
        const head = { logCheckpoint: await this.#note(), verifierKey: await this.vkey() };
        return create(GetLogHeadResponseSchema, this.isSigned ? head : {});
      },
      proveInclusion: async ({ sequence, size }) => {
        this.calls.push('inclusion');
        return create(ProveInclusionResponseSchema, { path: await inclusionProof(Number(sequence) - 1, this.leaves.slice(0, Number(size))) });
      },
      proveConsistency: async ({ fromSize, toSize }) => {
        this.calls.push('consistency');
        return create(ProveConsistencyResponseSchema, { path: await consistencyProof(Number(fromSize), this.leaves.slice(0, Number(toSize))) });
      },
    };
  }

  async #keyId(): Promise<Uint8Array> {
    return (await sha256(joined(bytesOf(`${this.origin}\n`), this.#publicKey))).slice(0, 4);
  }

  async vkey(): Promise<string> {
    return `${this.origin}+${hexOf(await this.#keyId())}+${base64(this.#publicKey)}`;
  }

  async #note(): Promise<string> {
    return this.sign(`${this.origin}\n${this.leaves.length}\n${base64(await rootOf(this.leaves))}\n`);
  }

  /** Makes a signed note of a text. */
  async sign(text: string): Promise<string> {
    const signature = await crypto.subtle.sign('Ed25519', this.#keys.privateKey, bytesOf(text));
    return `${text}\n— ${this.origin} ${base64(joined(await this.#keyId(), new Uint8Array(signature)))}\n`;
  }
}

export class FakeSeenHeads implements SeenHeads {
  head: SeenHead | null = null;
  read(): SeenHead | null {
    return this.head;
  }
  write(head: SeenHead): void {
    this.head = head;
  }
}
