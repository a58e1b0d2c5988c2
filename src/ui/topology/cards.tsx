import { type CSSProperties, memo, useMemo } from 'react';
import { ViewportPortal } from 'reactflow';
import { MANY, type Picture, type Place, placesOf } from './flow.ts';
import type { MachineGraph } from './graph.ts';
import { useInSightOnly } from './in-sight.ts';
import { MachineCard } from './nodes.tsx';

/**
 * The machine's nodes. They are ours, not the library's: its own ask its store again for each node in every
 * frame in which the view moves.
 */
export const Cards = memo(function Cards({ picture }: { picture: Picture }) {
  const places = useMemo(() => placesOf(picture), [picture]);
  const many = picture.graph.nodes.size > MANY;
  const shown = useInSightOnly(places, !many);
  return (
    <ViewportPortal>
      {shown.map((place) => (
        <PlacedCard key={place.id} place={place} graph={picture.graph} glides={!many} />
      ))}
    </ViewportPortal>
  );
});

interface PlacedCardProps {
  readonly place: Place;
  readonly graph: MachineGraph;
  readonly glides: boolean;
}

/** It has the library's class, whose style sheet lets it take the pointer. */
const PlacedCard = memo(function PlacedCard({ place, graph, glides }: PlacedCardProps) {
  const { id, node, ghost } = place;
  return (
    <div
      className={ghost ? 'react-flow__node ghost' : 'react-flow__node'}
      data-id={id}
      style={standing(place, glides)}
    >
      <MachineCard id={id} graph={graph} node={node} />
    </div>
  );
});

/** Only a transform glides; but one for each of many nodes is as many layers to think about in every frame. */
function standing({ rect, far }: Place, glides: boolean): CSSProperties {
  const { x, y, width, height } = rect;
  const style: CSSProperties & { '--far': string } = {
    ...(glides ? { transform: `translate(${x}px, ${y}px)` } : { left: x, top: y }),
    width,
    height,
    '--far': `${far}px`,
  };
  return style;
}
