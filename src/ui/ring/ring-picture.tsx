import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { chainNamed, isBlank, nameOf } from './chains.ts';
import { Differ } from './differ.ts';
import { type CardPlace, EntryCard } from './entry-card.tsx';
import { EntryCursor } from './entry-cursor.tsx';
import { firstHit, hitsOf } from './hits.ts';
import { useLook } from './look.ts';
import { openPainter, type PainterLink } from './painter-link.ts';
import { Feet, Heads } from './ring-edges.tsx';
import { faultsOf, rolesOf } from './roles.ts';
import { Layout, type Mode, type Spot } from './scene/layout.ts';
import { encodePatch } from './scene/patch.ts';
import type { FromPainter } from './scene/protocol.ts';
import type { RingNow, RingSource } from './source.ts';

/** Most entries of an indirect table that are unfolded. */
const MOST_ENTRIES = 256;
/** Rows by which scrolling must have moved before words are looked up anew. */
const WORDS_ROWS = 4;

/** What the picture of a queue is given. */
export interface PictureProps {
  readonly source: RingSource;
  readonly now: RingNow;
  readonly virtioId: number | undefined;
  readonly mode: Mode;
  setMode(mode: Mode): void;
  /** The chain that somebody points at, here or elsewhere, by its name: head or buffer ID. */
  readonly pointed: number | undefined;
  point(name: number | undefined): void;
  /** Said of a queue that is in no guest's memory. */
  readonly derived?: boolean;
}

/** One virtqueue as a picture: drawn on a canvas by a painter of its own, with one entry that the keyboard is at. */
export function RingPicture(props: PictureProps) {
  const { source, now, virtioId, mode, setMode, pointed, point } = props;
  const view = useMemo(() => viewOf(now.queue, now.memory), [now.queue, now.memory]);
  // Whose buffer an event wrote is looked for while somebody can look.
  const hits = useMemo(
    () => hitsOf(now.last, view, now.queues, !now.running),
    [now.last, view, now.queues, now.running],
  );
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const stage = useRef<HTMLDivElement>(null);
  const link = useRef<PainterLink>(undefined);
  const differ = useMemo(() => new Differ(source), [source]);
  const look = useLook(box);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [zoom, setZoom] = useState(1);
  const [unfolded, setUnfolded] = useState<readonly number[]>([]);
  const [spot, setSpot] = useState<Spot>({ structure: 'desc', index: 0, entry: undefined });
  const [focused, setFocused] = useState(false);
  const [hover, setHover] = useState<Spot>();
  const [pinned, setPinned] = useState<Spot>();
  const [words, setWords] = useState(0);
  /** Where to look once the picture is near: only the layout of that mode knows where it is. */
  const [bringTo, setBringTo] = useState<Spot>();

  const opened = useMemo(
    () =>
      unfolded.flatMap((index) => {
        const d = view.descriptor(index);
        const count = d?.indirect ? Math.min(MOST_ENTRIES, Math.floor(d.len / 16)) : 0;
        return d && count > 0 ? [{ index, count, addr: d.addr }] : [];
      }),
    [unfolded, view],
  );
  const openedKey = opened.map((o) => `${o.index} ${o.count} ${o.addr}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the tables
  const layout = useMemo(
    () => new Layout({ ...size, size: view.size, packed: view.packed, mode, zoom, opened }),
    [size, view.size, view.packed, mode, zoom, openedKey],
  );

  const at = hover ?? (focused ? spot : undefined);
  // What is unfolded is not covered by a card about it.
  const unfoldedHere = at?.entry === undefined && opened.some(({ index }) => index === at?.index);
  const shown = pinned ?? (unfoldedHere ? undefined : at);
  const chain = useMemo(() => {
    const own = shown?.structure === 'desc' ? view.descriptor(shown.index)?.head : undefined;
    const name = own === undefined ? pointed : nameOf(view, own);
    return name === undefined ? [] : chainNamed(view, name);
  }, [shown, view, pointed]);
  const chainKey = chain.join();

  const feed = useCallback(() => {
    const patch = differ.step();
    if (patch) link.current?.tell({ kind: 'patch', patch: encodePatch(patch) });
  }, [differ]);

  // The painter, for as long as the picture is there: a canvas can be given away only once.
  useLayoutEffect(() => {
    const host = stage.current;
    if (!host) return undefined;
    const canvas = document.createElement('canvas');
    canvas.setAttribute('aria-hidden', 'true');
    host.append(canvas);
    const opened = openPainter(canvas, (news) => show(host, news));
    link.current = opened;
    const unsubscribe = source.subscribe(feed);
    return () => {
      unsubscribe();
      opened.dispose();
      canvas.remove();
      link.current = undefined;
    };
  }, [source, feed]);

  useLayoutEffect(() => {
    if (!box) return undefined;
    const measure = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [box]);

  const tellSight = useCallback(() => {
    if (!box || size.width === 0) return;
    const { width, height } = size;
    const lit = chainKey === '' ? [] : chainKey.split(',').map(Number);
    const sight = { width, height, mode, zoom, scroll: box.scrollTop, chain: lit };
    link.current?.tell({
      kind: 'sight',
      sight: {
        ...sight,
        opened: layout.place.opened.map(({ index, count }) => ({ index, count })),
      },
    });
  }, [box, size, mode, zoom, layout, chainKey]);

  useLayoutEffect(() => {
    if (look) link.current?.tell({ kind: 'look', look });
  }, [look]);
  useLayoutEffect(() => {
    tellSight();
  }, [tellSight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the tables
  useLayoutEffect(() => {
    differ.open(opened.map(({ addr, count }) => ({ addr, length: 16 * count })));
    feed();
  }, [differ, feed, openedKey]);

  useEffect(() => {
    if (!box) return undefined;
    const scrolled = () => {
      tellSight();
      setWords(Math.floor(box.scrollTop / layout.row / WORDS_ROWS));
    };
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => box.removeEventListener('scroll', scrolled);
  }, [box, tellSight, layout.row]);

  const said = useRef('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `words` counts scrolling
  useEffect(() => {
    if (!box) return;
    const { from, to } = layout.inSight(box.scrollTop, WORDS_ROWS + 1);
    const indices: number[] = [];
    if (mode === 'near')
      for (let r = from; r < to; r++) {
        const row = layout.at(r);
        if (row) indices.push(row.index);
      }
    const told = {
      roles: [...rolesOf(view, virtioId, now, indices)],
      faults: faultsOf(view, now.violations),
    };
    const key = JSON.stringify(told);
    if (said.current === key) return;
    said.current = key;
    link.current?.tell({ kind: 'words', words: told });
  }, [box, layout, mode, view, virtioId, now.buffers, now.requests, now.violations, words, source]);

  const bring = useCallback(
    (to: Spot, margin = 0) => {
      const place = layout.boxOf(to);
      if (!box || !place) return;
      const above = place.y - margin < box.scrollTop;
      const below = place.y + place.height + margin > box.scrollTop + box.clientHeight;
      if (above || below)
        box.scrollTop = layout.scrollTo(place.y + place.height / 2 - box.clientHeight / 2);
    },
    [box, layout],
  );

  // The event at the cursor is followed, with a row before and after: where indices stand.
  const target = firstHit(hits, view.size);
  useEffect(() => {
    if (target !== undefined)
      bring({ structure: 'desc', index: target, entry: undefined }, layout.row);
  }, [target, bring, layout.row]);

  const pointing = useRef(false);
  useEffect(() => {
    const head = shown?.structure === 'desc' ? view.descriptor(shown.index)?.head : undefined;
    const name = head === undefined ? undefined : nameOf(view, head);
    // What another picture points at is its own.
    if (name !== undefined || pointing.current) point(name);
    pointing.current = name !== undefined;
  }, [shown, view, point]);

  const closeUp = useCallback(
    (to: Spot) => {
      setSpot({ ...to, entry: undefined });
      setMode('near');
      setZoom(1);
      setBringTo(to);
    },
    [setMode],
  );
  useEffect(() => {
    if (bringTo && mode === 'near') bring(bringTo);
  }, [bringTo, mode, bring]);

  const spotOf = (event: { clientX: number; clientY: number }): Spot | undefined => {
    if (!box) return undefined;
    const rect = box.getBoundingClientRect();
    // The style sheet's pixels are larger than the screen's in a room.
    const scale = rect.width / box.offsetWidth || 1;
    const x = (event.clientX - rect.left) / scale;
    const y = (event.clientY - rect.top) / scale + box.scrollTop;
    return layout.spotAt(x, y, box.scrollTop);
  };
  const inStrip = (event: { clientX: number }): boolean =>
    box !== null && event.clientX - box.getBoundingClientRect().left < layout.stripWidth;

  useEffect(() => {
    if (!box) return undefined;
    const wheel = (event: WheelEvent) => {
      const at = spotOf(event);
      const into = event.deltaY < 0;
      if (mode === 'near') {
        if (!event.ctrlKey || into || layout.stripWidth === 0) return;
        event.preventDefault();
        setMode('map');
        return;
      }
      if (event.shiftKey) return;
      event.preventDefault();
      const next = into ? zoom * 1.25 : Math.max(1, zoom / 1.25);
      const cell = layout.map.get('desc')?.cell ?? 0;
      if (into && cell >= 24) {
        if (at) closeUp(at);
      } else setZoom(next);
    };
    box.addEventListener('wheel', wheel, { passive: false });
    return () => box.removeEventListener('wheel', wheel);
  });

  const toggle = (index: number) =>
    setUnfolded((list) =>
      list.includes(index) ? list.filter((one) => one !== index) : [...list, index],
    );
  const act = (at: Spot) => {
    if (mode === 'map') closeUp(at);
    else if (
      at.structure === 'desc' &&
      at.entry === undefined &&
      view.descriptor(at.index)?.indirect
    )
      toggle(at.index);
    else setPinned(isBlank(view, at) ? undefined : at);
  };

  return (
    <div className="ring-picture">
      <Heads view={view} layout={layout} hits={hits} mode={mode} derived={props.derived === true} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      <div
        ref={setBox}
        role="group"
        aria-label={`${view.size} entries: arrow keys go from one to another. The table says the same in words.`}
        className="ring-scroll"
        data-mode={mode}
        onPointerMove={(event) => {
          if (event.buttons === 1 && inStrip(event) && mode === 'near') {
            const at = spotOf(event);
            if (at) bring({ ...at, structure: 'desc' }, 1e9);
          } else setHover(spotOf(event));
        }}
        onPointerLeave={() => setHover(undefined)}
        onPointerDown={(event) => {
          const at = spotOf(event);
          if (!at || event.button !== 0) return;
          setSpot(at);
          if (inStrip(event) && mode === 'near') bring({ ...at, structure: 'desc' }, 1e9);
          else if (mode === 'near') act(at);
        }}
        onDoubleClick={(event) => {
          const at = spotOf(event);
          if (at && mode === 'map') closeUp(at);
        }}
      >
        <div className="ring-space" style={{ height: layout.contentHeight }}>
          <div ref={stage} className="ring-stage" style={{ height: size.height }} />
          <EntryCursor
            view={view}
            layout={layout}
            spot={spot}
            hover={hover}
            now={now}
            virtioId={virtioId}
            move={(to) => {
              setSpot(to);
              bring(to, layout.row);
            }}
            act={act}
            pin={setPinned}
            zoom={(into) => {
              if (into && mode === 'map') closeUp(spot);
              else if (!into && mode === 'near') setMode('map');
            }}
            setFocused={setFocused}
          />
        </div>
      </div>
      <Feet view={view} layout={layout} hits={hits} eventIdx={now.eventIdx} />
      {shown && !isBlank(view, shown) && (
        <EntryCard
          now={now}
          view={view}
          virtioId={virtioId}
          spot={shown}
          pinned={pinned !== undefined}
          place={placeOf(layout, shown, box)}
          close={() => setPinned(undefined)}
        />
      )}
    </div>
  );
}

/** On which side of the picture a card leaves an entry in sight, and how high it may be there, in pixels. */
function placeOf(layout: Layout, spot: Spot, box: HTMLElement | null): CardPlace {
  const at = layout.boxOf(spot);
  if (!box || !at) return { side: 'below', room: 200 };
  const above = at.y - box.scrollTop;
  const below = box.clientHeight - above - at.height;
  const side = above > below ? 'above' : 'below';
  // Heads and feet of the picture may be covered; less than this could not be read.
  return { side, room: Math.max(130, Math.max(above, below) + 26) };
}

/** The painter's news stand on its host, for whoever wants to wait for a picture, or measures it. */
function show(host: HTMLElement, news: FromPainter): void {
  host.dataset.at = String(news.at);
  host.dataset.frames = String(news.frames);
  host.dataset.dots = String(news.dots);
  host.dataset.moving = String(news.moving);
  host.dataset.spent = news.spent.toFixed(1);
}
