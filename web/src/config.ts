/** Where the services are; Vite and the gateway both serve it. */
export interface Config {
  natsWsUrl: string;
  gatewayUrl: string;
  gatewayTlsUrl: string;
}

export async function readConfig(): Promise<Config> {
  const answer = await fetch('/config.json');
  if (!answer.ok) throw new Error(`/config.json: ${answer.status}`);
  return (await answer.json()) as Config;
}
