import { memo, type ReactNode } from 'react';
import { hex } from '../../base/bits.ts';
import type { AvailableView, DescriptorView, UsedView } from '../../journal/fold/ring-view.ts';
import { type Columns, centreOf } from './geometry.ts';

/*
 * The entries of the three structures. Each is given its values one by one, so that an entry
 * renders again only when something in it changed.
 */

/** Pixels between two cells. */
export const GAP = 4;
/** Width of a character of the cells' font, in pixels. */
export const CHARACTER = 7;

interface CellProps {
  readonly at: Columns;
  /** The event at the cursor touched it. */
  readonly hit: boolean;
}

/** An entry of the available ring: a head. */
export const AvailCell = memo(function AvailCell(props: Partial<AvailableView> & CellProps) {
  const { slot = 0, head = 0, state = 'empty', at, hit } = props;
  const { x, width } = at.avail;
  const y = centreOf(slot, at.row);
  return (
    <g className="ring-cell" data-state={state} data-hit={hit || undefined}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {slot}
      </text>
      <rect x={x} y={y - (at.row - GAP) / 2} width={width} height={at.row - GAP} rx="4" />
      <text x={x + width / 2} y={y} textAnchor="middle">
        {state === 'empty' ? '–' : head}
      </text>
    </g>
  );
});

/** An entry of the used ring: a head and what the device wrote. */
export const UsedCell = memo(function UsedCell(props: Partial<UsedView> & CellProps) {
  const { slot = 0, id = 0, len = 0, state = 'empty', at, hit } = props;
  const { x, width } = at.used;
  const y = centreOf(slot, at.row);
  return (
    <g className="ring-cell ring-used" data-state={state} data-hit={hit || undefined}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {slot}
      </text>
      <rect x={x} y={y - (at.row - GAP) / 2} width={width} height={at.row - GAP} rx="4" />
      {state === 'empty' ? (
        <text x={x + width / 2} y={y} textAnchor="middle">
          –
        </text>
      ) : (
        <>
          <text x={x + 9} y={y}>
            {id}
          </text>
          <text className="ring-dim" x={x + width - 9} y={y} textAnchor="end">
            {len} B
          </text>
        </>
      )}
    </g>
  );
});

const OWNER_WORDS = {
  free: 'free',
  driver: 'being filled by the driver',
  device: 'with the device',
} as const;

/** Flags by the specification's names, without their prefix. */
export function flagWords(d: Pick<DescriptorView, 'writable' | 'indirect' | 'hasNext'>): string {
  return [d.writable && 'WRITE', d.indirect && 'INDIRECT', d.hasNext && 'NEXT']
    .filter(Boolean)
    .join(' ');
}

interface ButtonProps {
  readonly index: number;
  readonly owner: DescriptorView['owner'];
  readonly state?: string;
  /** Nobody has written it yet. */
  readonly blank: boolean;
  /** What it is, in words. */
  readonly words: string;
  readonly hit: boolean;
  readonly chosen: boolean;
  readonly children: ReactNode;
  choose(index: number | undefined, pinned: boolean): void;
}

/** A descriptor whose bytes can be looked at: by pointer, by focus, or pinned. */
export function DescriptorButton(props: ButtonProps) {
  const { index, owner, state, blank, words, hit, chosen, children, choose } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button of its own
    <g
      className="ring-cell ring-desc"
      data-owner={owner}
      data-state={state}
      data-hit={hit || undefined}
      data-chosen={chosen || undefined}
      role="button"
      tabIndex={blank ? -1 : 0}
      aria-label={`Descriptor ${index}: ${blank ? 'empty' : words}`}
      onPointerEnter={() => !blank && choose(index, false)}
      onPointerLeave={() => choose(undefined, false)}
      onFocus={() => choose(index, false)}
      onBlur={() => choose(undefined, false)}
      onClick={() => !blank && choose(index, true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          choose(index, true);
        } else if (event.key === 'Escape') choose(undefined, true);
      }}
    >
      {children}
    </g>
  );
}

/** What every row of descriptors is given beside the descriptor. */
export interface RowProps<At> {
  readonly at: At;
  /** The event at the cursor touched it. */
  readonly hit: boolean;
  /** What its buffer is in the request. */
  readonly label: string | undefined;
  readonly chosen: boolean;
  choose(index: number | undefined, pinned: boolean): void;
}

/** A descriptor as it lies in memory: address, length, flags. */
export const DescriptorRow = memo(function DescriptorRow(
  props: Partial<DescriptorView> & RowProps<Columns>,
) {
  const { index = 0, addr = 0, len = 0, owner = 'free', label, at, hit, chosen, choose } = props;
  const { writable = false, indirect = false, hasNext = false } = props;
  const { x, width } = at.desc;
  const y = centreOf(index, at.row);
  const blank = owner === 'free' && addr === 0 && len === 0;
  const flags = flagWords({ writable, indirect, hasNext });
  const where = hex(addr, 8);
  const lenEnd = x + 9 + where.length * CHARACTER + Math.max(4, String(len).length + 1) * CHARACTER;
  const words = `${where}, ${len} bytes, ${flags || 'no flags'}, ${OWNER_WORDS[owner]}`;
  return (
    <DescriptorButton {...{ index, owner, blank, words, hit, chosen, choose }}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {index}
      </text>
      <rect x={x} y={y - (at.row - GAP) / 2} width={width} height={at.row - GAP} rx="4" />
      {blank ? (
        <text x={x + width / 2} y={y} textAnchor="middle" className="ring-dim">
          free
        </text>
      ) : (
        <>
          <text x={x + 9} y={y}>
            {where}
          </text>
          <text x={lenEnd} y={y} textAnchor="end">
            {len}
          </text>
          <text className="ring-flags" x={lenEnd + 10} y={y}>
            {flags}
          </text>
          {x + width - lenEnd > 160 && (
            <text className="ring-role" x={x + width - 9} y={y} textAnchor="end">
              {owner === 'free' ? 'free' : label}
            </text>
          )}
        </>
      )}
    </DescriptorButton>
  );
});
