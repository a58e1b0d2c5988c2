import type { NetClient, Network } from '../backends/net.ts';

/** `info network`: hubs with what is plugged into them, then NICs with their back ends, then the others. */
export function infoNetwork({ network: { hubs, clients } }: { readonly network: Network }): string {
  const inHubs = new Set(hubs.flatMap(({ ports }) => ports.flatMap((port) => [port, port.peer])));
  const hubText = hubs.map(({ id, ports }) => {
    const lines = ports.map(
      (port) => ` \\ ${port.name}${port.peer ? `: ${clientText(port.peer)}` : '\n'}`,
    );
    return `hub ${id}\n${lines.join('')}`;
  });
  const rest = clients.filter((client) => !inHubs.has(client));
  const text = rest.map((client) => {
    const { kind, peer } = client;
    // A back end is printed with its NIC.
    const own = peer && kind !== 'nic' ? '' : clientText(client);
    return peer && kind === 'nic' ? `${own} \\ ${clientText(peer)}` : own;
  });
  return [...hubText, ...text].join('');
}

function clientText({ name, queueIndex, kind, info, filters }: NetClient): string {
  const lines = filters.map(({ id, type, properties }) => {
    const values = properties.map(([key, value]) => `,${key}=${value}`).join('');
    return `  - ${id}: type=${type}${values}\n`;
  });
  return `${name}: index=${queueIndex},type=${kind},${info}\n${lines.length > 0 ? 'filters:\n' : ''}${lines.join('')}`;
}

/** `info usernet`: no connection is open, since user-mode networks carry nothing. */
export function infoUsernet({ network }: { readonly network: Network }): string {
  const hubOf = (client: NetClient) =>
    network.hubs.find(({ ports }) => ports.some((port) => port.peer === client))?.id ?? -1;
  return network.clients
    .filter(({ kind }) => kind === 'user')
    .map(
      (client) =>
        `Hub ${hubOf(client)} (${client.name}):\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\n`,
    )
    .join('');
}
