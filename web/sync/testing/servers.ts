import type { TestProject } from 'vitest/node';
import { RunningSystem } from './running_system.ts';

declare module 'vitest' {
  interface ProvidedContext {
    natsWsUrl: string;
    gatewayUrl: string;
    alicePassword: string;
  }
}

/** Before the tests: one system that all of them share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const system = await RunningSystem.start();
  project.provide('natsWsUrl', system.natsWsUrl);
  project.provide('gatewayUrl', system.gatewayUrl);
  project.provide('alicePassword', system.secret('nats-alice'));
  return () => system.stop();
}
