import { memo, useMemo } from 'react';
import { ViewportPortal } from 'reactflow';
import { pointAt, useUi } from '../state/ui-store.ts';
import { type MachineGraph, RAM } from './graph.ts';
import type { Wire } from './layout.ts';
import type { Link } from './links.ts';
import { rounded } from './path.ts';

/** Lines in one path: few enough that a path far out of sight costs nothing, many enough to be few. */
const IN_PATH = 48;
/** Names on the lines of a node that is pointed at; with more lines they would cover each other. */
const MOST_NAMES = 12;

/** The machine's lines, behind its cards: bus wires, links to back ends, and marks of links not drawn. */
export const Wires = memo(function Wires({ graph }: { graph: MachineGraph }) {
  const { buses, memory, own } = useMemo(() => parted(graph), [graph]);
  return (
    <ViewportPortal>
      <svg className="wires" aria-hidden="true" width="1" height="1">
        {buses.map((d) => (
          <path key={d} className="wire" d={d} />
        ))}
        {memory.map((d) => (
          <path key={d} className="wire wire-memory" d={d} />
        ))}
        {own.map((d) => (
          <path key={d} className="wire wire-link" d={d} />
        ))}
        {graph.links.map((link) => {
          if (link.own) return null;
          const key = `${link.from} ${link.property}`;
          return link.quiet ? (
            <Stub key={key} link={link} graph={graph} />
          ) : (
            <FarLink key={key} link={link} />
          );
        })}
      </svg>
      <PointedLinks graph={graph} />
    </ViewportPortal>
  );
});

function parted(graph: MachineGraph): { buses: string[]; memory: string[]; own: string[] } {
  const kinds = { buses: [] as Wire[], memory: [] as Wire[], own: [] as Wire[] };
  for (const wire of graph.layout.wires) {
    if (wire.to === RAM) kinds.memory.push(wire);
    else if (graph.nodes.get(wire.to)?.kind === 'backend') kinds.own.push(wire);
    else kinds.buses.push(wire);
  }
  return {
    buses: bundled(kinds.buses),
    memory: bundled(kinds.memory),
    own: bundled(kinds.own),
  };
}

function bundled(wires: readonly Wire[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < wires.length; i += IN_PATH)
    out.push(
      wires
        .slice(i, i + IN_PATH)
        .map(({ points }) => rounded(points))
        .join(''),
    );
  return out;
}

/** A link whose line runs across the picture; pointing at it lights its back end. */
function FarLink({ link }: { link: Link }) {
  const d = rounded(link.points);
  return (
    <g className="far-link" onPointerEnter={() => pointAt(link.to)}>
      <path className="wire wire-link" d={d} />
      <path className="link-reach" d={d} />
    </g>
  );
}

/** Below a card: the name of a back end that many use and that stands elsewhere. */
function Stub({ link, graph }: { link: Link; graph: MachineGraph }) {
  const rect = graph.layout.rects.get(link.from);
  const node = graph.nodes.get(link.to);
  if (!rect || node?.kind !== 'backend') return null;
  const x = rect.x + rect.width - 10;
  const y = rect.y + rect.height;
  return (
    <g className="stub">
      <path className="wire wire-link" d={`M${x} ${y}v9`} />
      <text x={x - 5} y={y + 9.5} textAnchor="end">
        {node.facts.id}
      </text>
    </g>
  );
}

/** The links of the node that is pointed at, each with its property's name. */
function PointedLinks({ graph }: { graph: MachineGraph }) {
  const pointed = useUi((ui) => ui.pointed);
  const links = useMemo(
    () =>
      pointed === undefined
        ? []
        : graph.links.filter(({ from, to }) => from === pointed || to === pointed),
    [graph, pointed],
  );
  if (links.length === 0) return null;
  return (
    <svg className="wires wires-above" aria-hidden="true" width="1" height="1">
      {links.map((link) => {
        const at = link.points[link.own ? 0 : 2];
        return (
          <g key={`${link.from} ${link.to} ${link.property}`}>
            <path className="link-lit" d={rounded(link.points)} />
            {at && links.length <= MOST_NAMES && (
              <text className="link-name" x={at.x + 6} y={at.y + (link.own ? 11.5 : 4)}>
                {link.property}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
