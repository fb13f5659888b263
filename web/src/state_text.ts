import type { ReplicationState } from '@usersync/sync';

export interface StateText {
  title: string;
  detail: string;
}

const active = '✅ NATS replication is active!';

const texts: Record<Exclude<ReplicationState, 'stopped'>, StateText> = {
  waiting: { title: 'Replicated by another tab', detail: 'Of several tabs of one browser one does it for all.' },
  connecting: { title: 'Connecting …', detail: 'Edits are kept here until there is a connection. It is tried for ever.' },
  syncing: { title: 'Connected', detail: 'Fetching what is new, and sending what was written here.' },
  active: { title: active, detail: 'What anybody writes is here a moment later.' },
  offline: { title: '⚠️ Offline', detail: 'Go on working: edits are kept here and sent when the connection is back. It is tried for ever.' },
};

/** What the replication does, for a person. */
export function stateText(running: boolean, state: ReplicationState): StateText {
  if (running) return state === 'stopped' ? { title: 'Starting …', detail: '' } : texts[state];
  return { title: 'Replication is off', detail: 'What you write stays in this browser until you start it.' };
}
